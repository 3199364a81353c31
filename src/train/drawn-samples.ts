import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { TrainingError } from "../base/errors.js";
import { readRegularFile } from "../base/regular-file.js";
import { WorkerTeam } from "../base/worker-team.js";
import type { SampleShape } from "../dataset/layout.js";
import { type PoolPurpose, poolSize } from "../dataset/sample-pool.js";
import {
  copySamples,
  emptySamples,
  SAMPLE_PARTS,
  type SamplePart,
  type Samples,
} from "../dataset/samples.js";
import { readSimulatedSetPlan, type SimulatedSetPlan, samplesOf } from "../dataset/simulated-plan.js";
import { startDrawingThread } from "./drawing-thread.js";
import type { PoolRequest } from "./drawing-worker.js";
import type { Course, SampleSource } from "./sample-source.js";

/**
 * Samples of an epoch, about. A short training has shorter epochs, so that there are several.
 * It can then be followed, and ended early.
 */
const EPOCH_SAMPLES = { least: 4_096, most: 16_384 } as const;
const LEAST_EPOCHS = 8;
const VALIDATION_SAMPLES = 1_024;
/** Most memory of a pool. One pool more than there are threads is held. */
const MOST_POOL_BYTES = 512 * 2 ** 20;
/** Most threads that simulate: one supplies about two that train. */
const MOST_THREADS = 4;

function epochsOf(samples: number): number {
  const { least, most } = EPOCH_SAMPLES;
  const short = Math.min(LEAST_EPOCHS, Math.floor(samples / least));
  return Math.max(1, short, Math.round(samples / most));
}

/** Samples that are simulated during the training, each for one step. None is stored. */
export class DrawnSamples implements SampleSource {
  readonly info: SampleSource["info"];
  readonly fingerprint: string;
  readonly stored = undefined;
  private readonly pools: Pools;
  private readonly validation: Promise<Samples>;

  private constructor(
    path: string,
    private readonly plan: SimulatedSetPlan,
    fingerprint: string,
    private samples: number | undefined,
  ) {
    this.info = { path, ...shapeOf(plan) };
    this.fingerprint = fingerprint;
    this.pools = new Pools(plan);
    this.validation = this.drawValidation();
    // It is awaited after the first epoch, where its error is reported.
    this.validation.catch(() => undefined);
  }

  /**
   * Starts to simulate.
   * @param path of the plan
   * @param samples of each stage; undefined if {@link limit} sets it before the training begins
   * @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT
   */
  static async open(path: string, samples?: number): Promise<DrawnSamples> {
    const plan = await readSimulatedSetPlan(path);
    checkMemory(path, plan);
    return new DrawnSamples(path, plan, await fingerprintOf(plan), samples);
  }

  /** Sets how many samples a stage sees. */
  limit(samples: number): void {
    this.samples = samples;
  }

  /** Samples that serve only to measure how fast they come. */
  probe(first: number, count: number): Promise<Samples> {
    return this.pools.take(first, count, SAMPLE_PARTS);
  }

  course({ batchSize }: { batchSize: number }): Course {
    const { samples } = this;
    if (samples === undefined) throw new RangeError("the number of samples is not known yet");
    const epochs = epochsOf(samples);
    const trained = batchSize * Math.ceil(samples / epochs / batchSize);
    return {
      epochs,
      trained,
      heldBack: VALIDATION_SAMPLES,
      endsEarly: false,
      order: (_, batches) => Uint32Array.from({ length: batches }, (_, i) => i),
      training: (epoch, first, count, parts) => this.pools.take(epoch * trained + first, count, parts),
      validation: async (first, count, parts) => {
        const into = emptySamples({ ...shapeOf(this.plan), count }, parts);
        copySamples(into, 0, await this.validation, first, count, parts);
        return into;
      },
    };
  }

  async close(): Promise<void> {
    await this.pools.close();
  }

  private async drawValidation(): Promise<Samples> {
    const all = emptySamples({ ...shapeOf(this.plan), count: VALIDATION_SAMPLES });
    const { samples: size } = poolSize(this.plan);
    const count = Math.ceil(VALIDATION_SAMPLES / size);
    const drawn = Array.from({ length: count }, (_, i) => this.pools.draw("validation", i));
    for (const [i, pool] of drawn.entries()) {
      const part = Math.min(size, VALIDATION_SAMPLES - i * size);
      copySamples(all, i * size, await pool, 0, part, SAMPLE_PARTS);
    }
    return all;
  }
}

/** Digest of the plan and of the pictures that it names. */
async function fingerprintOf(plan: SimulatedSetPlan): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(plan));
  const everywhere = [
    plan.settings,
    ...Object.values(plan.mixtures).flatMap((entries) => entries.map(({ settings }) => settings)),
  ];
  for (const { backgroundImage } of everywhere) {
    if (typeof backgroundImage === "string")
      hash.update(await readRegularFile(backgroundImage, Number.POSITIVE_INFINITY));
  }
  return hash.digest("hex");
}

/**
 * @throws TrainingError TRAINING_CONFIG for frames so large that a pool would not fit into memory
 */
function checkMemory(path: string, plan: SimulatedSetPlan): void {
  const { runs, samples } = poolSize(plan);
  const bytes =
    SAMPLE_PARTS.length *
    Float32Array.BYTES_PER_ELEMENT *
    samples *
    shapeOf(plan).framesPerSample *
    plan.side ** 2;
  if (bytes <= MOST_POOL_BYTES) return;
  throw new TrainingError("TRAINING_CONFIG", {
    subject: path,
    expected: `frames of which ${runs} simulations take at most ${MOST_POOL_BYTES / 2 ** 20} MB`,
    found: `${Math.ceil(bytes / 2 ** 20)} MB: ${plan.frames} frames of ${plan.side} x ${plan.side}`,
    advice:
      "Choose a smaller side, 64 to 128, or fewer frames of a simulation. Small frames teach as much: a network sees 28 pixels around each place.",
  });
}

/** Pools of samples, simulated ahead of their use. */
class Pools {
  private readonly threads: WorkerTeam<PoolRequest, Samples>;
  private readonly waiting = new Map<number, Promise<Samples>>();
  private readonly size: number;

  constructor(private readonly plan: SimulatedSetPlan) {
    this.size = poolSize(plan).samples;
    const count = Math.min(MOST_THREADS, availableParallelism());
    this.threads = new WorkerTeam(count, () => startDrawingThread(plan));
  }

  /** Simulates a pool on the next thread. */
  draw(purpose: PoolPurpose, index: number): Promise<Samples> {
    const drawn = this.threads.ask({ purpose, index });
    // Pools are simulated ahead: an error is reported when the pool is used, if it ever is.
    drawn.catch(() => undefined);
    return drawn;
  }

  /** Samples `first` up to but not including `first + count`, counted over all pools. */
  async take(first: number, count: number, parts: readonly SamplePart[]): Promise<Samples> {
    const into = emptySamples({ ...shapeOf(this.plan), count }, parts);
    for (let done = 0; done < count; ) {
      const index = Math.floor((first + done) / this.size);
      const pool = await this.pool(index);
      const from = first + done - index * this.size;
      const part = Math.min(count - done, this.size - from);
      copySamples(into, done, pool, from, part, parts);
      done += part;
    }
    return into;
  }

  close(): Promise<void> {
    return this.threads.terminate();
  }

  private pool(index: number): Promise<Samples> {
    for (const known of this.waiting.keys()) if (known < index) this.waiting.delete(known);
    for (let ahead = index; ahead <= index + this.threads.size; ahead++) {
      if (this.waiting.has(ahead)) continue;
      this.waiting.set(ahead, this.draw("training", ahead));
    }
    return this.waiting.get(index)!;
  }
}

function shapeOf(plan: SimulatedSetPlan): SampleShape {
  const { framesPerSample } = samplesOf(plan);
  return { framesPerSample, height: plan.side, width: plan.side };
}
