import type { FrameCertainty } from "../../certainty/frame-certainty.js";
import type { Preview } from "../../predict/preview.js";
import { RecentValues } from "./recent-values.js";
import { SecondsRing, secondOf } from "./seconds-ring.js";

/** Frames over which the latency's median is taken. */
const LATENCY_FRAMES = 128;
/** Whole seconds over which a rate is taken. */
const RATE_SECONDS = 3;

/** Answers of all streams, second by second. */
export type Throughput = SecondsRing<"results" | "dropped">;

export function newThroughput(): Throughput {
  return new SecondsRing(["results", "dropped"]);
}

/** The newest small map that was made for status pages. */
export interface LastMap {
  preview: Preview;
  /** Of its frame. */
  sequence: number;
  count: number;
}

/** The counts of a frame. */
export interface LatestCount {
  count: number;
  maxLocalCount: number;
  /** Absent where the model does not know. */
  certainty?: FrameCertainty;
}

/**
 * What became of a stream's frames: totals, and the last minutes second by second.
 * A frame costs some additions and no memory.
 */
export class StreamStatistics {
  received = 0;
  results = 0;
  dropped = 0;
  /** Frames whose ids never came, where these are consecutive. */
  missing = 0;
  failed = 0;
  /** Of the newest frame that was counted. */
  latest: LatestCount | undefined;
  /** Why the newest of the failed frames failed. */
  lastError: string | undefined;
  lastMap: LastMap | undefined;
  /** `count` is the sum over the second's `results`, `maxLocalCount` the largest. */
  readonly seconds = new SecondsRing(["results", "count", "maxLocalCount"]);
  readonly queueMs = new RecentValues(LATENCY_FRAMES);
  readonly predictMs = new RecentValues(LATENCY_FRAMES);
  private readonly opened = secondOf();

  /** @param throughput gets this stream's answers too */
  constructor(private readonly throughput: Throughput) {}

  counted(result: LatestCount & { queueMs: number; predictMs: number }): void {
    const { count, maxLocalCount, certainty, queueMs, predictMs } = result;
    const second = secondOf();
    this.results++;
    this.latest = { count, maxLocalCount, ...(certainty && { certainty }) };
    this.seconds.add(second, "results", 1);
    this.seconds.add(second, "count", count);
    this.seconds.raise(second, "maxLocalCount", maxLocalCount);
    this.queueMs.add(queueMs);
    this.predictMs.add(predictMs);
    this.throughput.add(second, "results", 1);
  }

  droppedOne(): void {
    this.dropped++;
    this.throughput.add(secondOf(), "dropped", 1);
  }

  failedOne(message: string): void {
    this.failed++;
    this.lastError = message;
  }

  /** Frames that were not counted because newer ones came. */
  get skipped(): number {
    return this.dropped + this.missing;
  }

  /** Results per second over the last whole seconds, or since a younger stream was opened. */
  get framesPerSecond(): number {
    const now = secondOf();
    const seconds = Math.min(RATE_SECONDS, Math.max(1, now - this.opened));
    return this.seconds.recent(now, "results", seconds) / seconds;
  }
}
