import { join } from "node:path";
import { writeFileAtomically } from "../base/atomic-file.js";
import type { Samples } from "../dataset/samples.js";
import type { Engine } from "../engine/engine.js";
import type { Model } from "../model/weights.js";
import { rasterise } from "../picture/rasterise.js";
import { validationPicture } from "../picture/validation-picture.js";
import { sum } from "../predict/counts.js";
import { prepare } from "../predict/prepare.js";
import type { Batches } from "./batches.js";
import type { EpochRecord } from "./events.js";
import type { PlannedStage } from "./stages.js";

/** Samples that are searched for the one with the most emitters, which is shown. */
const CANDIDATES = 32;

/**
 * Writes STAGE-EPOCH.png: a validation frame, its true map and the predicted one.
 * @returns whether the predicted map has the same value everywhere, though the true one has not
 * @throws InputError OUTPUT_WRITE, EngineError
 */
export async function writeValidationPicture(
  folder: string,
  engine: Engine,
  model: Model,
  stage: PlannedStage,
  { epoch }: EpochRecord,
  batches: Batches,
): Promise<boolean> {
  const samples = await batches.shownSamples(CANDIDATES);
  const { height, width } = samples;
  const size = height * width;
  const at = fullest(samples);
  const one = (all: Float32Array) => all.subarray(at * size, (at + 1) * size);
  const head = stage.density ? "density" : "segmentation";
  // A network that sees three frames together needs the frames around it.
  const { framesPerSample: count } = samples;
  const start = at - (at % count);
  const pixels = samples.input.subarray(start * size, (start + count) * size);
  const { values } = prepare({ count, height, width, pixels }, model.architecture.sideMultiple);
  const network = await engine.prepare(model, head);
  const maps = await network.predict(values, [count, height, width]).finally(() => network.dispose());
  const prediction = maps.subarray((at - start) * size, (at - start + 1) * size);
  const truth = one(stage.density ? samples.target : samples.segMap);
  const caption = (map: Float32Array) => (stage.density ? `count ${sum(map).toFixed(2)}` : "0 to 1");
  const svg = validationPicture({
    title: `${stage.name} stage, epoch ${epoch}`,
    frame: { width, height, pixels: one(samples.input) },
    truth: { width, height, pixels: truth },
    prediction: { width, height, pixels: prediction },
    captions: { truth: caption(truth), prediction: caption(prediction) },
  });
  const name = `${stage.name}-${String(epoch).padStart(3, "0")}.png`;
  await writeFileAtomically(join(folder, name), await rasterise(svg));
  return isFlat(prediction) && !isFlat(truth);
}

/** Share of a map's values by which they may differ and still be the same: rounding of float32. */
const ROUNDING = 1e-6;

function isFlat(map: Float32Array): boolean {
  const [least, largest] = [Math.min, Math.max].map((of) => map.reduce((a, b) => of(a, b), map[0] ?? 0)) as [
    number,
    number,
  ];
  return largest - least <= ROUNDING * Math.max(Math.abs(least), Math.abs(largest));
}

/** Index of the frame with the most emitters, among all frames. */
function fullest({ height, width, target }: Samples): number {
  const size = height * width;
  const counts = Array.from({ length: target.length / size }, (_, i) =>
    sum(target.subarray(i * size, (i + 1) * size)),
  );
  return counts.indexOf(Math.max(...counts));
}
