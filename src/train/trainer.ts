import { basename } from "node:path";
import { cancelled } from "../base/cancelled.js";
import { checkDiskSpace } from "../base/disk-space.js";
import { InputError, TrainingError } from "../base/errors.js";
import type { Random } from "../base/random.js";
import { CALIBRATION_FRAMES, calibrate } from "../calibrate/calibrate.js";
import type { Certainty } from "../certainty/certainty.js";
import type { Samples } from "../dataset/samples.js";
import type { Engine, StageState } from "../engine/engine.js";
import { NATIVE_FORMAT, readModelOrHalf, writeModel } from "../formats/registry.js";
import { type Architecture, framesSeen, WINDOW } from "../model/layers.js";
import { type Model, parameterCount, type Weights } from "../model/weights.js";
import { Batches } from "./batches.js";
import {
  type Checkpoint,
  type FoundCheckpoint,
  findCheckpoint,
  hasCheckpoint,
  restoreEarlier,
  type TrainingPosition,
  writeCheckpoint,
} from "./checkpoint.js";
import type { EpochRecord, TrainingEvent } from "./events.js";
import { writeHistory } from "./history.js";
import { initialWeights } from "./initial-weights.js";
import { trainedModel } from "./model.js";
import { resumedSettings, stateError } from "./resumed-settings.js";
import type { SampleSource } from "./sample-source.js";
import { FreshMaps, type SegmentationSource, StoredMaps } from "./segmentation-maps.js";
import type { TrainingSettings } from "./settings.js";
import { isStageOver, trainingCancelled, trainStage } from "./stage-trainer.js";
import {
  gatherParameters,
  knownArchitecture,
  type PlannedStage,
  planStages,
  withParameters,
} from "./stages.js";
import { startingCertainty } from "./starting-certainty.js";
import { claimOutputs, modelPath, type Replaceable } from "./training-outputs.js";
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
  checkSource(source, architecture, settings);
  const { checkpoint: before, damage } = (await resumed(job, architecture)) ?? {};
  const names = planStages(architecture, before?.settings ?? settings).map(({ name }) => name);
  const place = await claimOutputs(settings, names, replaceable(job, before));
  const checkpoint = before ?? (await begun(job, architecture));
  const stages = planStages(architecture, checkpoint.settings);
  const { epochs, trained, heldBack } = source.course(stages[0]!.settings);
  job.onEvent({
    event: "started",
    engine: engine.name,
    device: engine.device,
    reason: engine.reason,
    samples: (source.stored ? trained : epochs * trained) + heldBack,
    validation: heldBack,
    width: source.info.width,
    height: source.info.height,
    parameters: parameterCount(architecture),
    resumed: checkpoint.history.length,
  });
  if (damage)
    job.onEvent({ event: "note", text: `${damage.finding}; going on from the checkpoint before it` });
  for (const change of checkpoint.changes ?? [])
    job.onEvent({ event: "note", text: `settings changed: ${change}` });
  for (let stage = checkpoint.position.stage; stage < stages.length; stage++) {
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
 * A training that was killed in its first epoch has a checkpoint without a step, and may have the
 * history of that epoch: it is written before the next checkpoint.
 */
function replaceable(
  { settings, resume, force = false }: TrainingJob,
  before: Checkpoint | undefined,
): Replaceable {
  const model = force || before !== undefined;
  return { model, history: model || (resume && hasCheckpoint(settings.checkpoints)) };
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

/**
 * Runs the checkpoint's stage to its end, and moves the checkpoint to the next one's start.
 * After the last stage the checkpoint stays there, so that the training can go on with more epochs.
 */
async function runStage(
  job: TrainingJob,
  architecture: Architecture,
  stages: readonly PlannedStage[],
  checkpoint: Checkpoint,
): Promise<void> {
  const { source, engine } = job;
  const { settings, position } = checkpoint;
  const stage = stages[position.stage]!;
  const course = source.course(stage.settings);
  const end = async () => {
    checkpoint.weights = withParameters(checkpoint.weights, stage, checkpoint.best);
    if (position.stage + 1 === stages.length) return;
    Object.assign(checkpoint, stageStart(stages, position.stage + 1, checkpoint.weights));
    await saveCheckpoint(settings, checkpoint);
  };
  if (isStageOver(position, course, settings.patience)) {
    if (position.epoch < course.epochs) job.onEvent({ event: "note", text: endedEarly(stage, position) });
    return end();
  }
  const modelOf = (weights: Weights): Model => ({ architecture, weights, provenance: {}, pool: 1 });
  let isSaved = !isUnbegun(checkpoint);
  let isDead = false;
  const training = await engine.prepareTraining(stage, checkpoint.state, source.stored === undefined);
  const segmentation = stage.readsSegmentation
    ? await segmentationOf(job, settings, modelOf(checkpoint.weights))
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
      position,
      best: checkpoint.best,
      patience: settings.patience,
      isCancelled: job.isCancelled,
      onEvent: job.onEvent,
      canResume: () => isSaved,
      async save() {
        const state = training.state();
        // A last step may have ruined the weights before any loss tells; the checkpoint before it
        // is the better one to go on from.
        if (!state.parameters.every(Number.isFinite)) return;
        checkpoint.state = state;
        checkpoint.best = run.best;
        await saveCheckpoint(settings, checkpoint);
        isSaved = true;
      },
      async onEpoch(record: EpochRecord) {
        checkpoint.history = [...checkpoint.history, record];
        await writeHistory(settings.output, checkpoint.history);
        const now = withParameters(checkpoint.weights, stage, training.state().parameters);
        const isFlat = await writeValidationPicture(
          ...([settings.output, engine, modelOf(now), stage, record, batches] as const),
        );
        if (isFlat && !isDead) job.onEvent({ event: "note", text: deadNetwork(record) });
        isDead = isFlat;
      },
    };
    await trainStage(run);
    checkpoint.best = run.best;
  } finally {
    await segmentation?.close();
    await training.dispose();
  }
  await end();
}

function endedEarly({ name }: PlannedStage, { epoch, epochsSinceBest }: TrainingPosition): string {
  return `the ${name} stage had ended after epoch ${epoch}, ${epochsSinceBest} after its lowest validation loss; it goes on with a larger --patience`;
}

/** What to know where a network gives one value for every pixel: its layers pass nothing on. */
function deadNetwork({ stage, epoch }: EpochRecord): string {
  return `after epoch ${epoch} of the ${stage} stage the network gives the same value for every pixel of a frame with molecules. If its loss does not move either, it will learn nothing more: train in another folder with another --seed, a lower --learning-rate, or from a model (--init)`;
}

/** The frozen segmentation network's maps: stored once, unless every epoch's samples differ. */
async function segmentationOf(
  { source, engine, isCancelled }: TrainingJob,
  settings: TrainingSettings,
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
  { settings, source, isCancelled }: TrainingJob,
  architecture: Architecture,
): Promise<Checkpoint> {
  const stages = planStages(architecture, settings);
  // A value that cannot be right is found now, not after hours.
  await source.stored?.check({
    onStep() {
      if (isCancelled()) throw cancelled({ subject: "training stopped before its first epoch" });
    },
  });
  const weights = await startingWeights(settings, architecture);
  const start = stageStart(stages, 0, weights);
  const checkpoint = { settings, fingerprint: source.fingerprint, history: [], weights, ...start };
  await saveCheckpoint(settings, checkpoint);
  return checkpoint;
}

/**
 * Writes a checkpoint while the disk has room for the model too. The one before stays without.
 * @throws InputError OUTPUT_WRITE, OUTPUT_SPACE
 */
async function saveCheckpoint({ checkpoints }: TrainingSettings, checkpoint: Checkpoint): Promise<void> {
  checkDiskSpace(checkpoints);
  await writeCheckpoint(checkpoints, checkpoint);
}

/**
 * The checkpoint to resume from; undefined where the training begins.
 * @throws TrainingError TRAINING_STATE where it belongs to another training
 */
async function resumed(
  { settings, source, resume }: TrainingJob,
  architecture: Architecture,
): Promise<FoundCheckpoint | undefined> {
  const found = await findCheckpoint(settings.checkpoints);
  // A checkpoint without a step holds nothing to lose: any other training may take its place.
  if (!found || isUnbegun(found.checkpoint)) return undefined;
  const { checkpoint, damage } = found;
  if (!resume) {
    throw new TrainingError("TRAINING_STATE", {
      subject: settings.checkpoints,
      expected: "a folder without a checkpoint, to begin a training",
      found: `the checkpoint of an earlier training, ${basename(found.path)}`,
      advice: "Add --resume to go on with it, or choose another folder.",
    });
  }
  const going = resumedSettings(architecture, checkpoint, settings);
  if (checkpoint.fingerprint !== source.fingerprint) {
    const what = source.stored ? "training set" : "plan";
    throw stateError(settings, `the ${what} as it was (${checkpoint.fingerprint})`, source.fingerprint);
  }
  // The next checkpoint must not push the one good one out.
  if (damage) restoreEarlier(settings.checkpoints);
  return { ...found, checkpoint: { ...checkpoint, ...going } };
}

function isUnbegun({ position: { stage, epoch, batch, steps }, history }: Checkpoint): boolean {
  return stage + epoch + batch + steps === 0 && history.length === 0;
}

/**
 * The weights that a training begins with: those of a model, or random ones.
 * A file of the segmentation half alone gives that half.
 */
async function startingWeights(
  { init, seed }: TrainingSettings,
  architecture: Architecture,
): Promise<Weights> {
  const random = initialWeights(architecture, seed);
  if (init === undefined) return random;
  const model = await readModelOrHalf(init);
  if (model.architecture.name === architecture.name) return new Map([...random, ...model.weights]);
  throw new InputError("INPUT_OPTION", {
    subject: `--init ${init}`,
    expected: `a model of the architecture ${architecture.name}`,
    found: model.architecture.name,
  });
}

/** Checks that the samples suit the network. One for single frames takes temporal sets too. */
function checkSource(
  { info: { path, framesPerSample }, stored }: SampleSource,
  architecture: Architecture,
  { segmentation, density }: TrainingSettings,
): void {
  const fits = framesPerSample >= framesSeen(architecture);
  const samples = stored?.info.samples ?? Number.POSITIVE_INFINITY;
  const least = segmentation.validationSplit === 0 && density.validationSplit === 0 ? 1 : 2;
  if (fits && samples >= least) return;
  throw new TrainingError("TRAINING_CONFIG", {
    subject: path,
    expected: fits
      ? "at least 2 samples"
      : `samples of ${WINDOW} frames, which ${architecture.name} sees together`,
    found: fits ? `${samples} sample` : "samples of single frames",
    advice: fits
      ? "Add more frames, or train without validation: --validation-split 0."
      : `${stored ? "Compact the set with --temporal" : 'Say "temporal": true in the plan'}, or choose another --architecture.`,
  });
}
