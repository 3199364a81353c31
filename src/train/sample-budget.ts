import type { Engine } from "../engine/engine.js";
import { stageDropouts } from "../graph/training.js";
import { readCheckpoint } from "./checkpoint.js";
import { DrawnSamples } from "./drawn-samples.js";
import type { SampleSource } from "./sample-source.js";
import type { TrainingSettings } from "./settings.js";
import { knownArchitecture, type PlannedStage, planStages, stageParameterCount } from "./stages.js";

/**
 * Time for which steps are measured. The first steps, which allocate buffers and threads, do not
 * count.
 */
const TIMED_MS = 3_000;
const FIRST_STEPS = 3;
/** Share of the time spent on validation, pictures and checkpoints. */
const BETWEEN_EPOCHS = 0.08;

/**
 * Turns the minutes of a training into a number of samples.
 * It measures, before the training begins, how many samples this machine trains on in that time.
 * The training then depends on that number alone and can be repeated and resumed. A resumed
 * training keeps its number.
 * @returns settings that name the number of samples
 * @throws as the engine and the plan's simulations do
 */
export async function settleSamples(
  settings: TrainingSettings,
  resume: boolean,
  engine: Engine,
  source: SampleSource,
): Promise<TrainingSettings> {
  const { simulate } = settings;
  if (!simulate?.minutes || !(source instanceof DrawnSamples)) return settings;
  const before = resume ? await readCheckpoint(settings.checkpoints) : undefined;
  const samples =
    before?.settings.simulate?.samples ?? (await samplesIn(simulate.minutes, settings, engine, source));
  source.limit(samples);
  return { ...settings, simulate: { ...simulate, samples } };
}

async function samplesIn(
  minutes: number,
  settings: TrainingSettings,
  engine: Engine,
  source: DrawnSamples,
): Promise<number> {
  let seconds = 0;
  for (const stage of planStages(knownArchitecture(settings.architecture), settings)) {
    seconds += await secondsPerSample(stage, engine, source);
  }
  const samples = Math.floor((60 * minutes * (1 - BETWEEN_EPOCHS)) / seconds);
  return Math.max(1, samples);
}

/** Trains for some seconds on samples as they come, only to measure the time. */
async function secondsPerSample(stage: PlannedStage, engine: Engine, source: DrawnSamples): Promise<number> {
  const { batchSize } = stage.settings;
  const zeros = () => new Float32Array(stageParameterCount(stage));
  const state = { parameters: zeros(), mean: zeros(), square: zeros() };
  const training = await engine.prepareTraining(stage, state, true);
  try {
    let started = 0;
    for (let step = 0; ; step++) {
      if (step === FIRST_STEPS) started = performance.now();
      const elapsed = performance.now() - started;
      if (step > FIRST_STEPS && elapsed > TIMED_MS) {
        return elapsed / 1000 / (step - FIRST_STEPS) / batchSize;
      }
      const samples = await source.probe(step * batchSize, batchSize);
      const { count, framesPerSample, height, width } = samples;
      const shape = [count * framesPerSample, height, width] as const;
      const dropout = new Map(
        stageDropouts(stage).map(({ name, channels, scale }) => [
          name,
          new Float32Array((shape[0] * channels * height * width) / scale ** 2).fill(1),
        ]),
      );
      // A stage that reads the segmentation head's maps takes as long on frames: both are of one
      // size.
      const batch = {
        shape,
        input: samples.input,
        segmentationTarget: samples.segMap,
        densityTarget: samples.target,
      };
      await training.step(batch, dropout, 0);
    }
  } finally {
    await training.dispose();
  }
}
