import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import { encodePng, greyImage, percentileRange } from "../../src/picture/image.js";
import { rasterise } from "../../src/picture/rasterise.js";
import { svgDocument, svgText } from "../../src/picture/svg.js";

test("a frame's grey runs from black at the low end to white at the high end", () => {
  const frame = { width: 3, height: 1, pixels: Uint16Array.of(50, 100, 400) };
  const { rgba } = greyImage(frame, { low: 100, high: 300 });
  assert.deepEqual([...rgba], [0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 255]);
});

test("contrast leaves out the shares asked for", () => {
  const values = Array.from({ length: 101 }, (_, i) => 100 - i);
  assert.deepEqual(percentileRange(values, 0.1, 0.9), { low: 10, high: 90 });
});

test("a PNG file holds the pixels' bytes", () => {
  const png = Buffer.from(encodePng({ width: 1, height: 1, rgba: Uint8Array.of(9, 8, 7, 255) }));
  assert.equal(png.subarray(0, 8).toString("hex"), "89504e470d0a1a0a");
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1, 1]);
  const start = png.indexOf("IDAT");
  const data = png.subarray(start + 4, start + 4 + png.readUInt32BE(start - 4));
  // One pixel: whatever filter is named, its neighbours count as zero.
  assert.deepEqual([...inflateSync(data).subarray(1)], [9, 8, 7, 255]);
});

test("text is drawn with the font that comes along", async () => {
  const blank = await rasterise(svgDocument(80, 20, ""));
  const written = await rasterise(svgDocument(80, 20, svgText(4, 15, "count")));
  assert.notDeepEqual(written, blank);
});
