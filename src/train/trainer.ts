import { InputError, TrainingError } from "../base/errors.js";
import type { Random } from "../base/random.js";
import { CALIBRATION_FRAMES, calibrate } from "../calibrate/calibrate.js";
import type { Certainty } from "../certainty/certainty.js";
import type { Samples } from "../dataset/samples.js";
import type { Engine, StageState } from "../engine/engine.js";
import { NATIVE_FORMAT, readModel, writeModel } from "../formats/registry.js";
import { type Architecture, framesSeen, WINDOW } from "../model/layers.js";
import { type Model, parameterCount, type Weights } from "../model/weights.js";
import { Batches } from "./batches.js";
import { type Checkpoint, readCheckpoint, type TrainingPosition, writeCheckpoint } from "./checkpoint.js";
import type { EpochRecord, TrainingEvent } from "./events.js";
import { writeHistory } from "./history.js";
import { initialWeights } from "./initial-weights.js";
import { trainedModel } from "./model.js";
import type { SampleSource } from "./sample-source.js";
import { FreshMaps, type SegmentationSource, StoredMaps } from "./segmentation-maps.js";
import { TRAINING_DEFAULTS, type TrainingSettings } from "./settings.js";
import { trainingCancelled, trainStage } from "./stage-trainer.js";
import {
  gatherParameters,
  knownArchitecture,
  type PlannedStage,
  planStages,
  withParameters,
} from "./stages.js";
import { startingCertainty } from "./starting-certainty.js";
import { claimOutputs, modelPath } from "./training-outputs.js";
import { writeValidationPicture } from "./validation-picture.js";

/** A training to be done, and what it needs. */
export interface TrainingJob {
  settings: TrainingSettings;
  /** Resume from the checkpoint in the folder; without a checkpoint the training begins. */
  resume: boolean;
  /** Whether what an earlier training wrote may be replaced, besides its checkpoint. */
  force?: boolean | undefined;
  engine: Engine;
  source: SampleSource;
  augment: (samples: Samples, random: Random) => Samples;
  isCancelled(): boolean;
  onEvent(event: TrainingEvent): void;
}

/**
 * Trains a network, stage after stage.
 * It writes NAME.onnx, history.csv, curves, pictures and, after every epoch, a checkpoint.
 * @returns the path of the model
 * @throws TrainingError, InputError, ModelFormatError, EngineError; DefconError CANCELLED, after a
 * checkpoint
 */
export async function train(job: TrainingJob): Promise<string> {
  const { settings, source, engine } = job;
  const architecture = knownArchitecture(settings.architecture);
  checkSource(source, architecture);
  const stages = planStages(architecture, settings);
  const before = await resumed(job);
  const names = stages.map(({ name }) => name);
  const place = await claimOutputs(settings, names, before !== undefined || (job.force ?? false));
  const checkpoint = before ?? (await begun(job, architecture, stages));
  const { epochs, trained, heldBack, endsEarly } = source.course(stages[0]!.settings);
  job.onEvent({
    event: "started",
    engine: engine.name,
    device: engine.device,
    reason: engine.reason,
    samples: (endsEarly ? trained : epochs * trained) + heldBack,
    validation: heldBack,
    width: source.info.width,
    height: source.info.height,
    parameters: parameterCount(architecture),
    resumed: checkpoint.history.length,
  });
  while (checkpoint.position.stage < stages.length) {
    await runStage(job, architecture, stages, checkpoint);
  }
  const model = trainedModel(architecture, checkpoint);
  const path = modelPath(settings);
  // Written before the certainty is measured: a failure there must not cost the model.
  await writeModel(path, model, NATIVE_FORMAT, {}, place);
  const certainty = await measuredCertainty(
    job,
    model,
    checkpoint.history.at(-1)?.validationLoss ?? Number.NaN,
  );
  if (certainty) await writeModel(path, { ...model, certainty }, NATIVE_FORMAT, {}, true);
  job.onEvent({ event: "finished", model: path, history: checkpoint.history });
  return path;
}

/**
 * Measures how far a model is to be trusted, on further simulated frames.
 * Undefined for a training on a set, or one too short for it.
 */
async function measuredCertainty(
  { settings, engine, isCancelled, onEvent }: TrainingJob,
  model: Model,
  loss: number,
): Promise<Certainty | undefined> {
  const { set, simulate } = settings;
  const frames = Math.min(CALIBRATION_FRAMES.afterTraining, Math.floor((simulate?.samples ?? 0) / 10));
  if (frames < CALIBRATION_FRAMES.least) return undefined;
  const start = await startingCertainty(settings);
  const began = performance.now();
  const onProgress = (share: number) => {
    if (isCancelled()) throw trainingCancelled();
    const seconds = (performance.now() - began) / 1000;
    onEvent({
      event: "step",
      progress: {
        ...{ stage: "certainty", epoch: 1, epochs: 1, batch: Math.floor(100 * share), batches: 100, loss },
        samplesPerSecond: (share * frames) / seconds,
        secondsLeft: (seconds * (1 - share)) / share,
      },
    });
  };
  return calibrate(engine, model, set, { frames, onProgress }, start);
}

/** Runs the checkpoint's stage to its end, and moves the checkpoint to the next one's start. */
async function runStage(
  job: TrainingJob,
  architecture: Architecture,
  stages: readonly PlannedStage[],
  checkpoint: Checkpoint,
): Promise<void> {
  const { settings, source, engine } = job;
  const stage = stages[checkpoint.position.stage]!;
  const modelOf = (weights: Weights): Model => ({ architecture, weights, provenance: {}, pool: 1 });
  const training = await engine.prepareTraining(stage, checkpoint.state, source.stored === undefined);
  const segmentation = stage.readsSegmentation
    ? await segmentationOf(job, modelOf(checkpoint.weights))
    : undefined;
  try {
    const batches = new Batches({
      source,
      stage,
      seed: settings.seed,
      augment: settings.augment ? job.augment : undefined,
      segmentation,
    });
    const run = {
      stage,
      batches,
      training,
      position: checkpoint.position,
      best: checkpoint.best,
      patience: settings.patience,
      isCancelled: job.isCancelled,
      onEvent: job.onEvent,
      async save() {
        checkpoint.state = training.state();
        checkpoint.best = run.best;
        await writeCheckpoint(settings.checkpoints, checkpoint);
      },
      async onEpoch(record: EpochRecord) {
        checkpoint.history = [...checkpoint.history, record];
        await writeHistory(settings.output, checkpoint.history);
        const now = withParameters(checkpoint.weights, stage, training.state().parameters);
        await writeValidationPicture(settings.output, engine, modelOf(now), stage, record, batches);
      },
    };
    await trainStage(run);
    checkpoint.weights = withParameters(checkpoint.weights, stage, run.best);
  } finally {
    await segmentation?.close();
    await training.dispose();
  }
  Object.assign(checkpoint, stageStart(stages, checkpoint.position.stage + 1, checkpoint.weights));
  await writeCheckpoint(settings.checkpoints, checkpoint);
}

/** The frozen segmentation network's maps: stored once, unless every epoch's samples differ. */
async function segmentationOf(
  { settings, source, engine, isCancelled }: TrainingJob,
  model: Model,
): Promise<SegmentationSource> {
  const network = await engine.prepare(model, "segmentation");
  const fresh = new FreshMaps(network, model.architecture.sideMultiple);
  if (settings.augment || !source.stored) return fresh;
  const stop = () => {
    if (isCancelled()) throw trainingCancelled();
  };
  return StoredMaps.create(settings.output, source.stored, fresh, stop).finally(() => fresh.close());
}

/** A checkpoint's parts at the start of a stage. */
function stageStart(
  stages: readonly PlannedStage[],
  stage: number,
  weights: Weights,
): { position: TrainingPosition; state: StageState; best: Float32Array } {
  const next = stages[stage];
  const parameters = next ? gatherParameters(next, weights) : new Float32Array(0);
  const zeros = () => new Float32Array(parameters.length);
  return {
    position: {
      stage,
      epoch: 0,
      batch: 0,
      lossSum: 0,
      steps: 0,
      bestLoss: Number.POSITIVE_INFINITY,
      epochsSinceBest: 0,
    },
    state: { parameters, mean: zeros(), square: zeros() },
    best: parameters.slice(),
  };
}

async function begun(
  { settings, source }: TrainingJob,
  architecture: Architecture,
  stages: readonly PlannedStage[],
): Promise<Checkpoint> {
  const weights = settings.init
    ? (await startingModel(settings.init, architecture)).weights
    : initialWeights(architecture, settings.seed);
  const start = stageStart(stages, 0, weights);
  const checkpoint = { settings, fingerprint: source.fingerprint, history: [], weights, ...start };
  await writeCheckpoint(settings.checkpoints, checkpoint);
  return checkpoint;
}

/**
 * The checkpoint to resume from; undefined where the training begins.
 * @throws TrainingError TRAINING_STATE where it belongs to another training
 */
async function resumed({ settings, source, resume }: TrainingJob): Promise<Checkpoint | undefined> {
  const checkpoint = await readCheckpoint(settings.checkpoints);
  // A checkpoint without a step holds nothing to lose: any other training may take its place.
  if (!checkpoint || isUnbegun(checkpoint)) return undefined;
  if (!resume) {
    throw new TrainingError("TRAINING_STATE", {
      subject: settings.checkpoints,
      expected: "a folder without a checkpoint, to begin a training",
      found: "the checkpoint of an earlier training",
      advice: "Add --resume to go on with it, or choose another folder.",
    });
  }
  // A checkpoint of an earlier version may lack newer settings.
  const before: TrainingSettings = { ...TRAINING_DEFAULTS, ...checkpoint.settings };
  const differing = Object.keys({ ...before, ...settings }).filter(
    (key) =>
      !MAY_CHANGE.has(key) &&
      JSON.stringify(before[key as keyof TrainingSettings]) !==
        JSON.stringify(settings[key as keyof TrainingSettings]),
  );
  if (differing.length > 0) {
    throw stateError(settings, `the same ${differing.join(", ")} as before`, "other settings");
  }
  if (checkpoint.fingerprint !== source.fingerprint) {
    const what = source.stored ? "training set" : "plan";
    throw stateError(settings, `the ${what} as it was (${checkpoint.fingerprint})`, source.fingerprint);
  }
  return checkpoint;
}

function isUnbegun({ position: { stage, epoch, batch, steps }, history }: Checkpoint): boolean {
  return stage + epoch + batch + steps === 0 && history.length === 0;
}

/** Settings that do not change the model. */
const MAY_CHANGE: ReadonlySet<string> = new Set(["set", "output", "checkpoints", "name", "engine", "device"]);

function stateError(settings: TrainingSettings, expected: string, found: string): TrainingError {
  return new TrainingError("TRAINING_STATE", {
    subject: `checkpoint in ${settings.checkpoints}`,
    expected,
    found,
    advice: "Give the settings and the set of the interrupted training, or train in another folder.",
  });
}

async function startingModel(path: string, architecture: Architecture): Promise<Model> {
  const model = await readModel(path);
  if (model.architecture.name === architecture.name) return model;
  throw new InputError("INPUT_OPTION", {
    subject: `--init ${path}`,
    expected: `a model of the architecture ${architecture.name}`,
    found: model.architecture.name,
  });
}

/** Checks that the samples suit the network. One for single frames takes temporal sets too. */
function checkSource(
  { info: { path, framesPerSample }, stored }: SampleSource,
  architecture: Architecture,
): void {
  const fits = framesPerSample >= framesSeen(architecture);
  const samples = stored?.info.samples ?? Number.POSITIVE_INFINITY;
  if (fits && samples >= 2) return;
  throw new TrainingError("TRAINING_CONFIG", {
    subject: path,
    expected: fits
      ? "at least 2 samples"
      : `samples of ${WINDOW} frames, which ${architecture.name} sees together`,
    found: fits ? `${samples} sample` : "samples of single frames",
    advice: fits
      ? "Add more frames."
      : `${stored ? "Compact the set with --temporal" : 'Say "temporal": true in the plan'}, or choose another --architecture.`,
  });
}
