import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/base/home.js";
import type { TrainingBatch } from "../../src/engine/engine.js";
import { type Stage, stageDropouts } from "../../src/graph/training.js";
import { defcon3d } from "../../src/model/defcon-3d.js";
import { traceLayers } from "../../src/model/layers.js";
import { elementCount, type Model, type Weights, weightSpecs } from "../../src/model/weights.js";
import type { OracleGradient } from "./gradient-oracle.js";

/** The network for windows by TensorFlow: scripts/oracle/window_fixtures.py. */
export const WINDOW_ORACLE = JSON.parse(
  readFileSync(join(packageRoot, "test", "data", "training", "windows.json"), "utf8"),
) as {
  losses: Record<string, OracleGradient>;
  /** (6,20,24) */
  density: number[];
  /** Of each frame's map. */
  sums: number[];
  /** Every seventh value. */
  segmentation: number[];
};

const layers = traceLayers(defcon3d);
const middle = 1 + layers.findIndex(({ row }) => row.name === "seg");
const [FRAMES, HEIGHT, WIDTH] = [6, 20, 24] as const;
const SIZE = FRAMES * HEIGHT * WIDTH;
const density = { loss: "pixel_count", lambda: 0.01 } as const;
const frozen: ReadonlySet<string> = new Set();

/** The stages of the oracle. */
export const WINDOW_STAGES: readonly Stage[] = [
  { name: "segmentation", layers: layers.slice(0, middle), segmentation: true, frozen },
  { name: "density", layers: layers.slice(middle), segmentation: false, density, frozen },
  { name: "both", layers, segmentation: true, density, frozen },
];

/** Value i of the weight number n, in [-1/2, 1/2). */
function uniform(i: number, n: number): number {
  let h = (Math.imul(i + 1, 2654435761) + n * 40503) >>> 0;
  h = Math.imul(h ^ (h >>> 15), 2246822519) >>> 0;
  return ((h ^ (h >>> 13)) >>> 0) / 2 ** 32 - 0.5;
}

const weights: Weights = new Map(
  weightSpecs(defcon3d).map(({ name, shape }, n) => {
    const layer = defcon3d.layers.find((row) => name.startsWith(`${row.name}/`))!;
    const inputs = shape.at(layer.kind === "deconv" ? -1 : -2)!;
    const fanIn = elementCount(shape.slice(0, -2)) * inputs;
    const scale = name.endsWith("/bias") ? 0.1 : Math.sqrt(24 / fanIn);
    const data = Float32Array.from({ length: elementCount(shape) }, (_, i) => scale * uniform(i, n));
    return [name, { shape, data }];
  }),
);

/** The oracle's network. */
export const WINDOW_MODEL: Model = { architecture: defcon3d, weights, provenance: {}, pool: 7 };

const target = (i: number) => Math.max(0, Math.sin(0.13 * i)) ** 4;
const values = (of: (i: number) => number) => Float32Array.from({ length: SIZE }, (_, i) => of(i));

/** The oracle's batch: two windows. */
export const WINDOW_BATCH: Required<TrainingBatch> = {
  shape: [FRAMES, HEIGHT, WIDTH],
  input: values((i) => (1 + Math.sin(0.77 * i + Math.sin(0.11 * i))) / 2),
  densityTarget: values(target),
  segmentationTarget: values((i) => (target(i) > 0.3 ? 1 : 0)),
};

/** The oracle's dropout factors of a stage. */
export function windowDropout(stage: Stage): Map<string, Float32Array> {
  return new Map(
    stageDropouts(stage).map(({ name, channels, scale }) => {
      const length = (channels * SIZE) / scale ** 2;
      return [name, Float32Array.from({ length }, (_, i) => ((7 * i) % 5 < 2 ? 0 : 5 / 3))];
    }),
  );
}
