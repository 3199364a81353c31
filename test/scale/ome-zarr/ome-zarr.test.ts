import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { ZarrWriter } from "../../../src/frames/zarr-writer.js";
import { ScaleVenv } from "../../support/scale-venv.js";
import { temporaryFolder } from "../../support/temporary.js";

const venv = new ScaleVenv("ome-zarr");

interface Found {
  zarr: { shape: number[]; chunks: number[]; dtype: string; names: string[]; values: string };
  ome_zarr: { axes: unknown[]; scale: number[]; sum: number };
  models: { kind: string; version: string; axes: unknown[] };
  napari: { kind: string; names: string[]; scale: number[]; shape: number[] };
}

test("programs for OME-Zarr read maps, places, sizes and times", { skip: venv.missing }, async (t) => {
  const path = join(temporaryFolder(t), "run.density.ome.zarr");
  const [width, height, frames] = [5, 4, 12];
  const values = Float32Array.from({ length: width * height * frames }, (_, i) => i / 8);
  const calibration = {
    ...{ pixelWidth: 0.107, pixelHeight: 0.107, pixelDepth: 0.25 },
    ...{ unit: "µm", frameInterval: 0.05 },
  };
  // Frames in ImageJ's order: channels first, then slices, then times.
  const layout = { channels: 2, slices: 3, timePoints: 2 };
  const writer = await ZarrWriter.create(path, { width, height, frames, calibration, layout });
  for (let i = 0; i < frames; i++) await writer.write(values.slice(i * 20, (i + 1) * 20));
  await writer.finish();

  const { zarr, ome_zarr, models, napari } = await venv.run<Found>("read_store.py", path);
  const { values: read, ...head } = zarr;
  assert.deepEqual(head, {
    ...{ shape: [2, 2, 3, 4, 5], chunks: [1, 1, 1, 4, 5], dtype: "float32" },
    names: ["t", "c", "z", "y", "x"],
  });
  const array = new Float32Array(new Uint8Array(Buffer.from(read, "base64")).buffer);
  for (let time = 0; time < 2; time++) {
    for (let channel = 0; channel < 2; channel++) {
      for (let slice = 0; slice < 3; slice++) {
        const [at, from] = [(time * 2 + channel) * 3 + slice, (time * 3 + slice) * 2 + channel];
        assert.deepEqual(array.slice(at * 20, (at + 1) * 20), values.slice(from * 20, (from + 1) * 20));
      }
    }
  }
  const scale = [0.05, 1, 0.25, 0.107, 0.107];
  assert.deepEqual(ome_zarr.scale, scale);
  // 0 + 1/8 + … + 239/8.
  assert.equal(ome_zarr.sum, (239 * 240) / 2 / 8);
  assert.deepEqual(models, {
    ...{ kind: "Image", version: "0.5" },
    axes: [
      ["t", "time", "second"],
      ["c", "channel", null],
      ...["z", "y", "x"].map((name) => [name, "space", "micrometer"]),
    ],
  });
  // napari has channels as layers.
  assert.deepEqual(napari, {
    ...{
      kind: "image",
      names: ["t", "z", "y", "x"],
      scale: [0.05, 0.25, 0.107, 0.107],
      shape: [2, 2, 3, 4, 5],
    },
  });
});
