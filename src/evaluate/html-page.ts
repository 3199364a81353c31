import { VERSION } from "../base/version.js";
import { encodePng, type RgbaImage } from "../picture/image.js";
import { escapeXml } from "../picture/svg.js";
import { REPORT_STYLE } from "./report-style.js";

/**
 * An HTML page in the style of reports, with everything in it: no script, no other file.
 * @param title of the page
 * @param content of its main part, HTML
 */
export function htmlPage(title: string, content: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="generator" content="defcon-fiji ${VERSION}"/>
<title>${escapeXml(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`;
}

/** A picture with its bytes in the page. @param alt what it shows, in words */
export function htmlPicture(alt: string, image: RgbaImage): string {
  const data = Buffer.from(encodePng(image)).toString("base64");
  const size = `width="${image.width}" height="${image.height}"`;
  return `<img ${size} alt="${escapeXml(alt)}" src="data:image/png;base64,${data}"/>`;
}
