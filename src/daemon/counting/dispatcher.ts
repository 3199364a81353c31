import { LIMITS } from "../../base/limits.js";
import { PIXEL_TYPES, type PixelType } from "../../frames/frame.js";
import type { LoadedModel } from "../../predict/loaded-model.js";
import { stepsOf } from "../../predict/path.js";
import type { FrameBatch, Part, Prediction, Wanted } from "../../predict/prediction.js";
import { FairQueue } from "./fair-queue.js";
import { type Lane, StreamTurns } from "./stream-turns.js";

/** A frame that waits for the engine. */
export interface QueuedFrame {
  /**
   * Copies its width * height pixels, little endian.
   * @throws ProtocolError where they are not there any more
   */
  copyPixels(target: Uint8Array): void;
  /** When it was received, ms. */
  received: number;
  /** Its place among the stream's frames that were handed out. */
  place: number;
}

/** Whose stream it is. A client has one part of the engine, and one large frame under way. */
export interface StreamOwner {
  /** Its streams with frames that are not answered yet. */
  readonly busyStreams: number;
}

/** A stream as the dispatcher sees it. */
export interface FrameQueue {
  /** Frames that wait. */
  readonly waiting: number;
  /** Frames of streams with the same key can share a batch. */
  readonly batchKey: string;
  readonly owner: StreamOwner;
  readonly model: LoadedModel;
  readonly width: number;
  readonly height: number;
  readonly pixelType: PixelType;
  readonly wanted: Wanted;
  /** The number of the recording that its frames make; undefined where they are unrelated. */
  readonly recording: number | undefined;
  /**
   * Whether its frames take the engine's next free moment instead of a place behind other frames.
   * Until then, a newer frame may still replace the one that waits.
   */
  readonly latestOnly: boolean;
  /** Hands out the oldest frames that wait. */
  take(count: number): QueuedFrame[];
  /** Takes the answers to frames handed out, in their order. */
  answer(frames: readonly QueuedFrame[], outcome: Outcome): void;
  /**
   * Whether the frames handed out now should have a small map for status pages.
   * Asking uses up the turn.
   */
  takePreviewTurn(): boolean;
}

/** What became of frames: predictions, or the error that prevented them. */
export type Outcome =
  | { predictions: readonly Prediction[]; started: number; finished: number }
  | { error: unknown };

/** Where the memory of batches comes from. */
export interface BatchMemory {
  /** A buffer for a batch's pixels. */
  borrow(bytes: number): ArrayBuffer;
  /** Takes back the buffer of a map that nobody needs any more. */
  giveBack(buffer: ArrayBuffer): void;
}

/**
 * Batches handed to a thread of the engine at a time. One runs and one waits, so that it never idles.
 */
const BATCHES_UNDER_WAY = 2;

/**
 * Most pixels of all large frames that are under way, but for a single one.
 * Each is in memory twice, as numbers and as a map.
 */
const MAX_PIXELS_UNDER_WAY = 67_108_864;

/**
 * Feeds one engine from many streams, in fair turns. Frames of the same kind share batches. A large
 * frame is counted step by step, and others have their turns in between. Where models count large
 * frames apart, small ones never wait for them; large ones still wait for their turn.
 */
export class Dispatcher {
  private readonly queue = new FairQueue<StreamTurns>();
  private readonly turns = new Map<FrameQueue, StreamTurns>();
  private readonly underWay: Record<Lane, number> = { small: 0, large: 0 };
  private scheduled = false;
  private busySince = 0;
  private busyMs = 0;

  constructor(private readonly memory: BatchMemory) {}

  /** Tells that a stream has a frame waiting. */
  notify(source: FrameQueue): void {
    const turns = this.turns.get(source) ?? new StreamTurns(source, stepsOf(source.width, source.height));
    this.turns.set(source, turns);
    if (!this.mustWait(turns)) this.queue.notify(turns);
    this.schedule();
  }

  /** Forgets a stream's place. The engine finishes what it has. */
  remove(source: FrameQueue): void {
    const turns = this.turns.get(source);
    if (!turns) return;
    this.queue.remove(turns);
    this.turns.delete(source);
    turns.giveUp();
  }

  /** How long the engine has been at work so far, ms. */
  get workedMs(): number {
    return this.busyMs + (this.isBusy ? performance.now() - this.busySince : 0);
  }

  /** Lets all messages that have arrived be read first, so that their frames can share a batch. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.dispatch();
    });
  }

  private dispatch(): void {
    while (this.underWay.small < BATCHES_UNDER_WAY) {
      const limit = { pieces: LIMITS.maxBatchFrames, cost: LIMITS.maxBatchPixels };
      // When it is a latest-only stream's turn, all wait until the engine is free: if others went
      // on, that stream would starve.
      const ready = ({ source, isUnderWay, lane }: StreamTurns) =>
        this.underWay[lane] < (source.latestOnly && !isUnderWay ? 1 : BATCHES_UNDER_WAY);
      const nextLarge = this.queue.farthestBehind(isLarge);
      const largeWait = nextLarge !== undefined && !ready(nextLarge);
      const batch = this.queue.next(limit, ready, (turns) => largeWait && isLarge(turns));
      const [first] = batch.keys();
      if (!first) return;
      const { lane } = first;
      this.began(lane);
      if (first.isUnderWay) {
        first.grant();
      } else if (first.steps > 1) {
        void this.runInTurns(first);
      } else {
        const counts = new Map([...batch].map(([{ source }, count]) => [source, count]));
        void this.run(counts).finally(() => this.ended(lane));
      }
    }
  }

  private get isBusy(): boolean {
    return this.underWay.small + this.underWay.large > 0;
  }

  private began(lane: Lane): void {
    if (!this.isBusy) this.busySince = performance.now();
    this.underWay[lane]++;
  }

  private ended(lane: Lane): void {
    this.underWay[lane]--;
    if (!this.isBusy) this.busyMs += performance.now() - this.busySince;
    this.dispatch();
  }

  /** Counts a large frame. Between its steps it waits in the queue like all others. */
  private async runInTurns(turns: StreamTurns): Promise<void> {
    const { source, lane } = turns;
    const frames = source.take(1);
    turns.isUnderWay = true;
    for (const other of this.turns.values()) if (this.mustWait(other)) this.queue.remove(other);
    const preview = source.takePreviewTurn();
    const started = performance.now();
    const turn = async () => {
      if (turns.isGivenUp) return false;
      const granted = turns.wait();
      this.queue.notify(turns);
      this.ended(lane);
      const goesOn = await granted;
      // A turn that is given counts as under way already.
      if (!goesOn) this.began(lane);
      return goesOn;
    };
    try {
      const wanted = preview ? { ...source.wanted, preview } : source.wanted;
      const predictions = await source.model.predictInTurns(this.join([{ source, frames }]), wanted, turn);
      source.answer(frames, { predictions, started, finished: performance.now() });
    } catch (error) {
      source.answer(frames, { error });
    }
    turns.isUnderWay = false;
    for (const other of this.turns.values()) {
      if (other.waiting > 0 && !this.mustWait(other)) this.queue.notify(other);
    }
    this.ended(lane);
  }

  /** Whether a stream's next large frame has to wait until others' are counted. */
  private mustWait(turns: StreamTurns): boolean {
    if (turns.steps === 1 || turns.isUnderWay) return false;
    const large = [...this.turns.values()].filter(({ isUnderWay }) => isUnderWay);
    if (large.length === 0) return false;
    const pixels = large.reduce((sum, other) => sum + other.pixels, turns.pixels);
    return pixels > MAX_PIXELS_UNDER_WAY || large.some(({ source }) => source.owner === turns.source.owner);
  }

  private async run(batch: Map<FrameQueue, number>): Promise<void> {
    const parts = [...batch].map(([source, count]) => ({ source, frames: source.take(count) }));
    const { source: first } = parts[0]!;
    const preview = parts.some(({ source }) => source.takePreviewTurn());
    const started = performance.now();
    let predictions: Prediction[];
    try {
      predictions = await first.model.predict(
        this.join(parts),
        preview ? { ...first.wanted, preview } : first.wanted,
      );
    } catch (error) {
      await this.answerEach(parts, error);
      return;
    }
    const finished = performance.now();
    let next = 0;
    for (const { source, frames } of parts) {
      const part = predictions.slice(next, next + frames.length);
      next += frames.length;
      source.answer(frames, { predictions: part, started, finished });
    }
  }

  /** Tries the frames of a failed batch again one by one, so that only the bad one is refused. */
  private async answerEach(
    parts: { source: FrameQueue; frames: QueuedFrame[] }[],
    error: unknown,
  ): Promise<void> {
    const alone = parts.length === 1 && parts[0]!.frames.length === 1;
    for (const { source, frames } of parts) {
      for (const frame of frames) {
        if (alone) source.answer([frame], { error });
        else await this.retry(source, frame);
      }
    }
  }

  private async retry(source: FrameQueue, frame: QueuedFrame): Promise<void> {
    const started = performance.now();
    try {
      const predictions = await source.model.predict(this.join([{ source, frames: [frame] }]), source.wanted);
      source.answer([frame], { predictions, started, finished: performance.now() });
    } catch (error) {
      source.answer([frame], { error });
    }
  }

  /** Puts frames one after the other into a buffer of their own, aligned for their type. */
  private join(parts: readonly HandedOut[]): FrameBatch {
    const { width, height, pixelType } = parts[0]!.source;
    const { array: PixelArrayOfType, bytes } = PIXEL_TYPES[pixelType];
    const frameBytes = width * height * bytes;
    const count = parts.reduce((sum, { frames }) => sum + frames.length, 0);
    const pixels = new PixelArrayOfType(this.memory.borrow(count * frameBytes));
    const target = new Uint8Array(pixels.buffer);
    let next = 0;
    for (const { frames } of parts) {
      for (const frame of frames) {
        frame.copyPixels(target.subarray(next * frameBytes, (next + 1) * frameBytes));
        next++;
      }
    }
    return { width, height, count, pixels, parts: parts.map(partOf) };
  }
}

function isLarge({ lane }: StreamTurns): boolean {
  return lane === "large";
}

/** Frames that a stream has handed out one after the other. */
interface HandedOut {
  source: FrameQueue;
  frames: readonly QueuedFrame[];
}

function partOf({ source: { recording }, frames }: HandedOut): Part {
  return { recording, first: frames[0]!.place, frames: frames.length };
}
