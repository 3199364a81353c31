import type { Frame } from "../frames/frame.js";
import { greyImage, percentileRange, viridisImage } from "./image.js";
import { svgDocument, svgImage } from "./svg.js";

const SIDE = 480;

/** A square frame beside its density map, twice as wide as high: an SVG drawing. */
export function coverPicture(frame: Frame, density: Frame): string {
  const box = { x: 0, y: 0, width: SIDE, height: SIDE };
  const { high } = percentileRange(density.pixels, 0, 1);
  const content = [
    svgImage(box, greyImage(frame, percentileRange(frame.pixels))),
    svgImage({ ...box, x: SIDE }, viridisImage(density, { low: 0, high })),
  ];
  return svgDocument(2 * SIDE, SIDE, content.join(""));
}
