import { cancelled } from "../base/cancelled.js";
import { type DefconError, TrainingError } from "../base/errors.js";
import type { Training } from "../engine/engine.js";
import { adamRate } from "../graph/adam.js";
import type { Batches } from "./batches.js";
import type { TrainingPosition } from "./checkpoint.js";
import type { EpochRecord, StepProgress, TrainingEvent } from "./events.js";
import { isKept } from "./kept-epoch.js";
import { learningRateAt } from "./learning-rate.js";
import type { PlannedStage } from "./stages.js";

/** What the loop of a stage works on. */
export interface StageRun {
  stage: PlannedStage;
  batches: Batches;
  training: Training;
  /** How far the stage has come; updated as it goes. */
  position: TrainingPosition;
  /** The parameters to keep, chosen by {@link isKept}; replaced as it goes. */
  best: Float32Array;
  patience: number;
  isCancelled(): boolean;
  onEvent(event: TrainingEvent): void;
  /** Whether there is a checkpoint to go on from. */
  canResume(): boolean;
  /** Called after every epoch, and before the loop ends early. */
  save(): Promise<void>;
  onEpoch(record: EpochRecord): Promise<void>;
}

/** Time between two reports of progress. */
const REPORT_MS = 100;

/**
 * Trains a stage from its position to its end.
 * The end is the last epoch or, where the stage may end early, `patience` epochs without a lower
 * validation loss.
 * @throws TrainingError TRAINING_DIVERGED; DefconError CANCELLED after a checkpoint at the batch
 * reached; EngineError
 */
export async function trainStage(run: StageRun): Promise<void> {
  const { stage, position } = run;
  const { batches } = run;
  while (!isStageOver(position, batches, run.patience)) {
    const started = performance.now();
    const loss = await trainEpoch(run);
    const validationLoss =
      batches.heldBack > 0 ? checked(run, "validation loss", await validate(run)) : Number.NaN;
    position.epoch++;
    position.batch = 0;
    position.lossSum = 0;
    const isBest = validationLoss < position.bestLoss;
    if (isKept(validationLoss, position.bestLoss, batches.endsEarly)) {
      run.best = run.training.state().parameters;
    }
    if (isBest) position.bestLoss = validationLoss;
    position.epochsSinceBest = isBest || batches.heldBack === 0 ? 0 : position.epochsSinceBest + 1;
    const seconds = (performance.now() - started) / 1000;
    const learningRate = learningRateOf(run, position.steps - 1);
    const record = { stage: stage.name, epoch: position.epoch, loss, validationLoss, learningRate, seconds };
    await run.onEpoch(record);
    await run.save();
    run.onEvent({ event: "epoch", record, best: isBest });
  }
}

/** Whether a stage has come to its end. */
export function isStageOver(
  { epoch, epochsSinceBest }: TrainingPosition,
  { epochs, endsEarly }: Pick<Batches, "epochs" | "endsEarly">,
  patience: number,
): boolean {
  return epoch >= epochs || (endsEarly && epochsSinceBest >= patience);
}

/** @returns the mean loss over the epoch's samples */
async function trainEpoch(run: StageRun): Promise<number> {
  const { stage, batches, training, position } = run;
  const order = batches.order(position.epoch);
  const started = performance.now();
  let [seen, sinceStart, reported] = [0, 0, started];
  for (const index of order.subarray(0, position.batch)) seen += samplesOf(batches, stage, index);
  while (position.batch < batches.count) {
    await stopIfCancelled(run);
    const { batch, dropout } = await batches
      .training(position.epoch, order[position.batch]!)
      .catch(async (error: unknown) => {
        await run.save();
        throw error;
      });
    const rate = adamRate(learningRateOf(run, position.steps), position.steps + 1);
    const loss = checked(run, "loss", await training.step(batch, dropout, rate));
    position.steps++;
    position.batch++;
    const samples = batch.shape[0] / batches.framesPerSample;
    position.lossSum += loss * samples;
    seen += samples;
    sinceStart += samples;
    const now = performance.now();
    if (now - reported < REPORT_MS && position.batch < batches.count) continue;
    reported = now;
    const samplesPerSecond = (1000 * sinceStart) / (now - started);
    run.onEvent({ event: "step", progress: progressOf(run, position.lossSum / seen, samplesPerSecond) });
  }
  return position.lossSum / seen;
}

function learningRateOf({ stage: { settings }, batches }: StageRun, step: number): number {
  return learningRateAt(settings, step, batches.epochs * batches.count);
}

function samplesOf({ trained }: Batches, { settings: { batchSize } }: PlannedStage, index: number): number {
  return Math.min(batchSize, trained - index * batchSize);
}

function progressOf(
  { stage, batches, position }: StageRun,
  loss: number,
  samplesPerSecond: number,
): StepProgress {
  const { batchSize } = stage.settings;
  const { batch } = position;
  return {
    stage: stage.name,
    epoch: position.epoch + 1,
    epochs: batches.epochs,
    batch,
    batches: batches.count,
    loss,
    samplesPerSecond,
    secondsLeft: ((batches.count - batch) * batchSize) / samplesPerSecond,
  };
}

async function validate(run: StageRun): Promise<number> {
  const { batches, training } = run;
  let sum = 0;
  for await (const batch of batches.validation()) {
    await stopIfCancelled(run);
    sum += (batch.shape[0] / batches.framesPerSample) * (await training.loss(batch));
  }
  return sum / batches.heldBack;
}

async function stopIfCancelled(run: StageRun): Promise<void> {
  if (!run.isCancelled()) return;
  await run.save();
  throw trainingCancelled();
}

function checked({ stage, position, canResume }: StageRun, what: string, loss: number): number {
  if (Number.isFinite(loss)) return loss;
  const lower = `--learning-rate ${Number((stage.settings.learningRate / 10).toPrecision(3))}`;
  const again = canResume()
    ? `Go on from the last checkpoint with a lower learning rate (--resume ${lower}),`
    : `Give the same command with a lower learning rate (${lower}),`;
  throw new TrainingError("TRAINING_DIVERGED", {
    subject: `${stage.name} stage, epoch ${position.epoch + 1}, batch ${position.batch + 1}`,
    expected: `a finite ${what}`,
    found: String(loss),
    advice: `${again} or train in another folder with larger batches (--batch-size).`,
  });
}

/** The error of a training that was cancelled. */
export function trainingCancelled(): DefconError {
  return cancelled({
    subject: "training stopped, with a checkpoint",
    advice: "Give the same command with --resume to go on.",
  });
}
