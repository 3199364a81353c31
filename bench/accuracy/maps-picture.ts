import type { EvaluatedModel } from "../../src/evaluate/evaluate.js";
import { openTifStack } from "../../src/frames/tif-stack.js";
import { greyImage, percentileRange } from "../../src/picture/image.js";
import { rasterise } from "../../src/picture/rasterise.js";
import { svgDocument, svgImage, svgText } from "../../src/picture/svg.js";
import { sum } from "../../src/predict/counts.js";
import { mapsOf } from "../../src/spots/real-frames.js";

/** A side of a pixel, drawing units. */
const ZOOM = 2;
const GAP = 8;
const TITLE = 24;
/** White in a map: three quarters of a single molecule's peak, 1 / 2π. */
const WHITE = 0.12;

/** A frame of a stack and its maps by models, side by side, all maps on one grey scale, as a PNG file. @param index from 0 */
export async function mapsPicture(
  models: readonly EvaluatedModel[],
  path: string,
  index: number,
): Promise<Uint8Array> {
  const stack = await openTifStack(path);
  const frame = await stack.read(index).finally(() => stack.close());
  const [width, height] = [ZOOM * frame.width, ZOOM * frame.height];
  const panels = [{ title: `frame ${index + 1}`, image: greyImage(frame, percentileRange(frame.pixels)) }];
  for (const { model, name } of models) {
    const [density] = await mapsOf(model, [frame]);
    const map = { width: frame.width, height: frame.height, pixels: density! };
    panels.push({
      title: `${name}: ${sum(density!).toFixed(1)}`,
      image: greyImage(map, { low: 0, high: WHITE }),
    });
  }
  const content = panels.map(({ title, image }, i) => {
    const x = i * (width + GAP);
    return svgText(x + GAP, TITLE - GAP, title) + svgImage({ x, y: TITLE, width, height }, image);
  });
  return rasterise(svgDocument(panels.length * (width + GAP) - GAP, TITLE + height, content.join("")));
}
