import { encodePng, type RgbaImage } from "./image.js";

/** A box in a drawing, drawing units from the top left. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const FONT = "DejaVu Sans";
/** Colour of text and axes: the drawing's own, which a page's style sheet may change. */
export const INK = "currentColor";
const INK_ON_WHITE = "#222222";

/**
 * A whole drawing on white; a page may give its `paper` another colour.
 * @param label what it shows, for readers who cannot see it
 */
export function svgDocument(width: number, height: number, content: string, label?: string): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  const paper = `<rect class="paper" width="${width}" height="${height}" fill="#ffffff"/>`;
  const role = label === undefined ? "" : ` role="img" aria-label="${escapeXml(label)}"`;
  const open = `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${FONT}" color="${INK_ON_WHITE}"${role}>`;
  return `${open}${paper}${content}</svg>`;
}

/** A line of text; `anchor` as in SVG. */
export function svgText(
  x: number,
  y: number,
  text: string,
  {
    size = 13,
    anchor = "start",
    turn = 0,
  }: { size?: number; anchor?: "start" | "middle" | "end"; turn?: number } = {},
): string {
  const turned = turn ? ` transform="rotate(${turn} ${x} ${y})"` : "";
  return `<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" fill="${INK}"${turned}>${escapeXml(text)}</text>`;
}

/** Text, escaped for XML and HTML, also within quotes. */
export function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** A picture whose pixels stay sharp squares when it is enlarged. */
export function svgImage({ x, y, width, height }: Box, image: RgbaImage): string {
  const data = Buffer.from(encodePng(image)).toString("base64");
  const place = `x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none"`;
  return `<image ${place} image-rendering="optimizeSpeed" href="data:image/png;base64,${data}"/>`;
}
