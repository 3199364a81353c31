import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StackReader } from "../../src/frames/stack-reader.js";
import { collect } from "./collect.js";

/** Bytes of all frames of a stack. */
async function frameBytes(stack: StackReader): Promise<Buffer[]> {
  const frames = await collect(stack.frames());
  return frames.map(({ pixels }) => Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength));
}

/** Writes a stack as Picasso keeps recordings: NAME.raw and NAME.yaml. */
export async function writePicasso(path: string, stack: StackReader): Promise<void> {
  const { frames, width, height, pixelType } = stack.info;
  writeFileSync(path, Buffer.concat(await frameBytes(stack)));
  const lines = ["Byte Order: <", `Data Type: ${pixelType}`, `Frames: ${frames}`];
  const sizes = [`Height: ${height}`, `Width: ${width}`, "Pixelsize: 160"];
  writeFileSync(path.replace(/\.raw$/, ".yaml"), `${[...lines, ...sizes].join("\n")}\n`);
}

/** Writes a stack as storm-analysis keeps recordings: NAME.dax and NAME.inf. The stack has 16 bits. */
export async function writeDax(path: string, stack: StackReader): Promise<void> {
  const { frames, width, height } = stack.info;
  writeFileSync(path, Buffer.concat(await frameBytes(stack)));
  writeFileSync(
    path.replace(/\.dax$/, ".inf"),
    `data type = 16 bit integers (binary, little endian)\nframe dimensions = ${width} x ${height}\nnumber of frames = ${frames}\n`,
  );
}

/** Writes a stack as an image of OME-Zarr 0.4, uncompressed, a chunk for each frame. */
export async function writeOmeZarr(folder: string, stack: StackReader): Promise<void> {
  const { frames, width, height, pixelType } = stack.info;
  const json = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));
  mkdirSync(join(folder, "0"), { recursive: true });
  json(".zgroup", { zarr_format: 2 });
  const space = { type: "space", unit: "nanometer" };
  json(".zattrs", {
    multiscales: [
      {
        version: "0.4",
        axes: [
          { name: "t", type: "time", unit: "second" },
          { name: "y", ...space },
          { name: "x", ...space },
        ],
        datasets: [{ path: "0", coordinateTransformations: [{ type: "scale", scale: [0.05, 160, 160] }] }],
      },
    ],
  });
  json("0/.zarray", {
    zarr_format: 2,
    shape: [frames, height, width],
    chunks: [1, height, width],
    dtype: { uint8: "|u1", uint16: "<u2", float32: "<f4" }[pixelType],
    ...{ compressor: null, fill_value: 0, order: "C", filters: null },
  });
  for (const [i, bytes] of (await frameBytes(stack)).entries()) {
    writeFileSync(join(folder, "0", `${i}.0.0`), bytes);
  }
}
