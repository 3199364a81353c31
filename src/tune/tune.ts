import { mkdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { writeFileAtomically } from "../base/atomic-file.js";
import { fillFolderAtomically } from "../base/atomic-folder.js";
import { cancelled, isCancelled } from "../base/cancelled.js";
import { InputError } from "../base/errors.js";
import { certainDigits } from "../evaluate/words.js";
import { readModel } from "../formats/registry.js";
import { type OpenOptions, openOptions } from "../frames/open-options.js";
import { createStackWriter } from "../frames/stack-writer.js";
import { findModel } from "../library/named-models.js";
import { encodePng } from "../picture/image.js";
import type { RealStack } from "../spots/real-frames.js";
import { writeBestSoFar } from "../train/best-so-far.js";
import type { TrainingEvent } from "../train/events.js";
import { SIMULATED_TRAINING_DEFAULTS, type TrainingSettings } from "../train/settings.js";
import { TrainingRun } from "../train/training-run.js";
import { tuningCard } from "./card.js";
import { writeComparison } from "./comparison.js";
import { framePictures } from "./frame-pictures.js";
import { type Judgement, judge } from "./judgement.js";
import { type Likeness, likenesses, MISMATCH, mismatch } from "./likeness.js";
import { measureStacks } from "./measure/measure-stacks.js";
import type { StackMeasurement } from "./measure/measurement.js";
import { sampleFrames } from "./own-frames.js";
import { tuningPage } from "./report-page.js";
import { tuningPlan } from "./tuning-plan.js";

export interface TuneOptions extends OpenOptions {
  /** Paths of stacks of one recording. */
  stacks: readonly string[];
  /** Name of the model. */
  name: string;
  /** Folder of all results, which appears whole or not at all. */
  folder: string;
  /** Minutes of training. */
  minutes: number;
  /** Name or path of the model to start from; the default model where left out. */
  from?: string;
  /** Paths of models that are offered by name besides the user's. */
  offered?: readonly string[];
  /** Side of a pixel, nm, where the stack does not say it. */
  pixelSize?: number;
  /** The same seed, stacks and machine give the same model. */
  seed: number;
  /** Whether the folder of an earlier tuning may be replaced; false where left out. */
  replace?: boolean;
  /**
   * Ends the training early, with what it has learnt. Aborted before the training, it ends
   * everything.
   */
  signal?: AbortSignal;
  onEvent?(event: TuneEvent): void;
}

/** What a tuning tells while it runs. */
export type TuneEvent =
  | { event: "measuring"; words: string; share: number }
  | { event: "measured"; measurement: StackMeasurement }
  /** What the reader of the recording had to decide or to lose, a sentence. */
  | { event: "note"; text: string }
  | {
      event: "compared";
      likenesses: readonly Likeness[];
      mismatch: number;
      /**
       * PNG of a frame of the recording, and of one of its simulation with the same contrast.
       * The recording is not read after this event.
       */
      recording: Uint8Array;
      simulation: Uint8Array;
    }
  | { event: "training"; progress: TrainingEvent }
  | {
      event: "judged";
      judgement: Judgement;
      /** Whether the training was ended early. */
      cutShort: boolean;
      /** Paths of the model and the report, which exist once the tuning has ended. */
      model: string;
      report: string;
    };

/** The result of a tuning. */
export interface Tuning {
  /** Path of the model, in the folder. */
  model: string;
  measurement: StackMeasurement;
  likenesses: readonly Likeness[];
  judgement: Judgement;
  /** Whether the training was ended early. */
  cutShort: boolean;
}

/** The files of a tuning's folder, besides NAME.onnx and NAME.md. */
export const TUNING_FILES = {
  page: "report.html",
  plan: "plan.json",
  background: "background.tif",
  simulated: "simulated.tif",
  history: "history.csv",
} as const;

/**
 * Step size of Adam, which falls to a hundredth.
 * It is small because a shipped model is near its goal, and large enough for five minutes.
 */
const LEARNING_RATE = 3e-4;

/**
 * Makes a model for one microscope from a recording without ground truth.
 * It measures the recording, simulates frames like it, and trains a model on those.
 * @throws InputError where the stacks cannot be read, hold too little to measure, or differ too
 * much from their simulation; TrainingError, EngineError; DefconError CANCELLED
 */
export async function tune(options: TuneOptions): Promise<Tuning> {
  const { name, folder, replace } = options;
  const ours = new Set<string>([...Object.values(TUNING_FILES), `${name}.onnx`, `${name}.md`]);
  let result: Tuning | undefined;
  await fillFolderAtomically(
    folder,
    {
      title: "an earlier tuning",
      isOne: (paths) => paths.every((path) => ours.has(path)),
      force: replace,
      option: "--replace",
    },
    async (fresh) => {
      result = await tuneInto(fresh, options);
    },
  );
  return { ...result!, model: join(folder, `${name}.onnx`) };
}

async function tuneInto(folder: string, options: TuneOptions): Promise<Tuning> {
  const { stacks, name, onEvent } = options;
  const from = await findModel(options.from, options.offered ?? []);
  const { architecture } = await readModel(from.path);
  const measurement = await measure(stacks, options, openOptions(options));
  onEvent?.({ event: "measured", measurement });
  await writePlan(folder, measurement, options.seed);
  const { compared, own, simulated } = await compare(folder, measurement, options);
  const trained = await train(join(folder, "training"), {
    ...options,
    plan: join(folder, TUNING_FILES.plan),
    init: from.path,
    architecture: architecture.name,
  });
  const model = await keepTrained(folder, trained.model, name);
  const { cutShort } = trained;
  const judgement = await judgeModels(folder, { before: from.path, after: model }, cutShort, own, options);
  const tuning = { model, measurement, likenesses: compared, judgement, cutShort };
  const content = { ...tuning, name, from: from.name, stacks, own: own.frames, simulated };
  await writeFileAtomically(join(folder, TUNING_FILES.page), tuningPage(content));
  await writeFileAtomically(join(folder, `${name}.md`), tuningCard(content));
  return tuning;
}

function measure(
  stacks: readonly string[],
  { signal, pixelSize, onEvent }: TuneOptions,
  reading: OpenOptions = {},
): Promise<StackMeasurement> {
  return measureStacks(stacks, {
    ...reading,
    onNote: (text) => onEvent?.({ event: "note", text }),
    ...(signal && { signal }),
    ...(pixelSize && { pixelSize }),
    onProgress: (words, share) => onEvent?.({ event: "measuring", words, share }),
  });
}

/** Writes the plan that the training simulates by, and the background's picture that it names. */
async function writePlan(folder: string, measurement: StackMeasurement, seed: number): Promise<void> {
  await writePicture(join(folder, TUNING_FILES.background), measurement.background.image);
  const plan = tuningPlan(measurement, { seed, background: TUNING_FILES.background });
  await writeFileAtomically(join(folder, TUNING_FILES.plan), `${JSON.stringify(plan, undefined, 2)}\n`);
}

/**
 * Simulates the recording, measures the simulation by the same means, and compares both.
 * @returns what was compared; frames of the recording; frames of the simulation
 * @throws InputError INPUT_UNMEASURABLE where the two are too different
 */
async function compare(folder: string, measurement: StackMeasurement, options: TuneOptions) {
  const { seed, signal, onEvent } = options;
  const stack = options.stacks[0]!;
  const path = join(folder, TUNING_FILES.simulated);
  await writeComparison(path, measurement, join(folder, TUNING_FILES.background), seed, signal);
  const ofSimulation = await measure([path], options).catch((error: unknown) => {
    throw unlike(stack, error);
  });
  const compared = likenesses(measurement, ofSimulation);
  const own = { name: basename(stack), frames: await sampleFrames(stack, openOptions(options)) };
  const simulated = await sampleFrames(path);
  const pictures = framePictures(own.frames, simulated, 1);
  onEvent?.({
    event: "compared",
    likenesses: compared,
    mismatch: mismatch(compared),
    recording: encodePng(pictures.recording[0]!),
    simulation: encodePng(pictures.simulation[0]!),
  });
  refuseUnlike(stack, compared);
  return { compared, own, simulated };
}

/**
 * Moves a training's model and history out of its folder, and removes the rest.
 * @returns the model's path
 */
async function keepTrained(folder: string, trained: string, name: string): Promise<string> {
  const model = join(folder, `${name}.onnx`);
  await rename(trained, model);
  await rename(join(folder, "training", TUNING_FILES.history), join(folder, TUNING_FILES.history));
  await rm(join(folder, "training"), { recursive: true });
  return model;
}

async function judgeModels(
  folder: string,
  models: { before: string; after: string },
  cutShort: boolean,
  own: RealStack,
  { name, folder: target, onEvent }: TuneOptions,
): Promise<Judgement> {
  const judgement = await judge(models, join(folder, TUNING_FILES.plan), own);
  const model = join(target, `${name}.onnx`);
  const report = join(target, TUNING_FILES.page);
  onEvent?.({ event: "judged", judgement, cutShort, model, report });
  return judgement;
}

async function writePicture(
  path: string,
  { width, height, pixels }: StackMeasurement["background"]["image"],
) {
  const writer = await createStackWriter(path, { width, height, frames: 1, pixelType: "float32" });
  await writer.write(pixels);
  await writer.finish();
}

/** The error of a simulation that cannot be measured, as an error about the recording. */
function unlike(stack: string, error: unknown): unknown {
  if (!(error instanceof InputError && error.code === "INPUT_UNMEASURABLE")) return error;
  return new InputError("INPUT_UNMEASURABLE", {
    ...error.trouble,
    subject: `the simulation of ${stack}`,
    cause: error,
  });
}

/** @throws InputError INPUT_UNMEASURABLE */
function refuseUnlike(stack: string, compared: readonly Likeness[]): void {
  const differing = compared.filter(({ difference }) => !(Math.abs(difference) <= MISMATCH.refused));
  if (differing.length === 0) return;
  const found = differing.map(
    ({ title, unit, real, simulated }) =>
      `${title} ${certainDigits(real, 3)} ${unit} in the recording, ${certainDigits(simulated, 3)} in its simulation`,
  );
  throw new InputError("INPUT_UNMEASURABLE", {
    subject: stack,
    expected:
      "frames that can be simulated: blinking molecules that lie apart, on a background that changes slowly",
    found: found.join("; "),
    advice:
      "Use raw frames as the camera gave them, and a part of the recording with fewer molecules in a frame or without drifting structures.",
  });
}

interface TrainOptions extends Pick<TuneOptions, "minutes" | "seed" | "signal" | "onEvent"> {
  name: string;
  plan: string;
  init: string;
  architecture: string;
}

/** Trains in a folder. A training that is ended early gives its best model so far. */
async function train(
  folder: string,
  { name, plan, init, architecture, minutes, seed, signal, onEvent }: TrainOptions,
): Promise<{ model: string; cutShort: boolean }> {
  await mkdir(folder);
  const stage = {
    ...SIMULATED_TRAINING_DEFAULTS.density,
    loss: "log_max_local_count",
    learningRate: LEARNING_RATE,
  } as const;
  const settings: TrainingSettings = {
    ...SIMULATED_TRAINING_DEFAULTS,
    set: plan,
    simulate: { minutes },
    output: folder,
    checkpoints: folder,
    name,
    architecture,
    order: "end-to-end",
    segmentation: stage,
    density: stage,
    seed,
    init,
  };
  const run = TrainingRun.start(settings, false, (progress) => onEvent?.({ event: "training", progress }));
  const stop = () => run.cancel();
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    return { model: await run.finished, cutShort: false };
  } catch (error) {
    if (!isCancelled(error)) throw error;
    const model = await writeBestSoFar(folder);
    if (model === undefined) {
      throw cancelled({
        subject: "tuning stopped before its first epoch was over: nothing was kept",
      });
    }
    return { model, cutShort: true };
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
