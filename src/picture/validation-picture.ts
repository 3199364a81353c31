import type { Frame } from "../frames/frame.js";
import { greyImage, percentileRange, viridisImage } from "./image.js";
import { type Box, svgDocument, svgImage, svgText } from "./svg.js";

/** A frame, its true map and the predicted map. */
export interface ValidationPicture {
  title: string;
  frame: Frame;
  truth: Frame;
  prediction: Frame;
  /** Captions under the maps: "count 3.00". */
  captions: { truth: string; prediction: string };
}

const SIDE = 280;
const GAP = 24;
const TOP = 70;

/**
 * Frame, true map and predicted map side by side: an SVG drawing.
 * Both maps have the colours of the true map's range.
 */
export function validationPicture({ title, frame, truth, prediction, captions }: ValidationPicture): string {
  const scale = SIDE / Math.max(frame.width, frame.height);
  const [width, height] = [frame.width * scale, frame.height * scale];
  const box = (column: number): Box => ({ x: GAP + column * (width + GAP), y: TOP, width, height });
  const range = { low: 0, high: percentileRange(truth.pixels, 0, 1).high };
  const content = [
    svgText(GAP, 30, title, { size: 16 }),
    svgText(box(0).x, TOP - 10, "frame"),
    svgText(box(1).x, TOP - 10, `truth, ${captions.truth}`),
    svgText(box(2).x, TOP - 10, `prediction, ${captions.prediction}`),
    svgImage(box(0), greyImage(frame, percentileRange(frame.pixels))),
    svgImage(box(1), viridisImage(truth, range)),
    svgImage(box(2), viridisImage(prediction, range)),
  ];
  return svgDocument(box(2).x + width + GAP, TOP + height + GAP, content.join(""));
}
