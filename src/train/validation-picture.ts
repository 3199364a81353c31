import { join } from "node:path";
import { writeFileAtomically } from "../base/atomic-file.js";
import type { Samples } from "../dataset/samples.js";
import type { Engine } from "../engine/engine.js";
import type { Model } from "../model/weights.js";
import { rasterise } from "../picture/rasterise.js";
import { validationPicture } from "../picture/validation-picture.js";
import { sum } from "../predict/counts.js";
import { prepare } from "../predict/prepare.js";
import type { EpochRecord } from "./history.js";
import type { SampleSource } from "./sample-source.js";
import type { PlannedStage } from "./stages.js";

/** Samples among which the one with the most emitters is shown. */
const CANDIDATES = 32;

/** Writes STAGE-EPOCH.png: a frame held back, what the network should make of it and what it makes. @throws InputError OUTPUT_WRITE, EngineError */
export async function writeValidationPicture(
  folder: string,
  engine: Engine,
  model: Model,
  stage: PlannedStage,
  { epoch }: EpochRecord,
  set: SampleSource,
  first: number,
): Promise<void> {
  const samples = set.read(first, Math.min(CANDIDATES, set.info.samples - first));
  const { height, width } = samples;
  const at = fullest(samples);
  const one = (all: Float32Array) => all.subarray(at * height * width, (at + 1) * height * width);
  const head = stage.density ? "density" : "segmentation";
  const { values } = prepare(
    { count: 1, height, width, pixels: one(samples.input) },
    model.architecture.sideMultiple,
  );
  const network = await engine.prepare(model, head);
  const prediction = await network.predict(values, [1, height, width]).finally(() => network.dispose());
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
}

function fullest({ count, target }: Samples): number {
  const size = target.length / count;
  const counts = Array.from({ length: count }, (_, i) => sum(target.subarray(i * size, (i + 1) * size)));
  return counts.indexOf(Math.max(...counts));
}
