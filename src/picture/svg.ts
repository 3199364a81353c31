import { encodePng, type RgbaImage } from "./image.js";

/** Where something stands in a drawing, drawing units from the top left. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const FONT = "DejaVu Sans";
export const INK = "#222222";

/** A whole drawing on white. */
export function svgDocument(width: number, height: number, content: string): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  const paper = `<rect width="${width}" height="${height}" fill="#ffffff"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${FONT}">${paper}${content}</svg>`;
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
  const escaped = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  return `<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" fill="${INK}"${turned}>${escaped}</text>`;
}

/** A picture, its pixels kept square-edged when enlarged. */
export function svgImage({ x, y, width, height }: Box, image: RgbaImage): string {
  const data = Buffer.from(encodePng(image)).toString("base64");
  const place = `x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none"`;
  return `<image ${place} image-rendering="optimizeSpeed" href="data:image/png;base64,${data}"/>`;
}
