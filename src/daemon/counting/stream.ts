import { InputError, ProtocolError } from "../../base/errors.js";
import { STATUS_LIMITS, WIRE_LIMITS } from "../../base/limits.js";
import { withReason } from "../../certainty/frame-certainty.js";
import { PIXEL_TYPES, type PixelType } from "../../frames/frame.js";
import type { LoadedModel } from "../../predict/loaded-model.js";
import type { Prediction, Wanted } from "../../predict/prediction.js";
import { newRecording } from "../../predict/recording-certainty.js";
import { errorToWire, type ServerMessage, type WireFrame } from "../../protocol/codec.js";
import { type WireIdentity, wireId } from "../../protocol/frame-identity.js";
import type { Counting } from "./counting.js";
import { Credits } from "./credits.js";
import type { FrameQueue, Outcome, QueuedFrame, StreamOwner } from "./dispatcher.js";
import { MissingFrames } from "./missing-frames.js";
import { OrderedAnswers, type Unanswered } from "./ordered-answers.js";
import type { StreamSlots } from "./stream-slots.js";
import { StreamStatistics } from "./stream-statistics.js";

/** A frame on its way through the daemon. */
interface Entry extends QueuedFrame, Unanswered {
  sequence: number;
  /** What the client said of it, for its answer. */
  identity: WireIdentity | undefined;
  /** Frames of the stream before it that were skipped. */
  skipped: number;
  /** Where its pixels are, and its map goes; undefined for a frame that came in a message. */
  slot: number | undefined;
}

/** When things happened to a frame, ms of `performance.now()`. */
interface FrameTimes {
  started: number;
  finished: number;
}

/** What a stream needs of its connection. */
export interface StreamHost {
  /** The message is encoded, or dropped, before this returns. */
  send(message: ServerMessage): void;
  /** Called after each answer. */
  answered(): void;
  /** Called when the stream has answered everything and is closed. */
  closed(stream: ServerStream): void;
}

/** What a stream was opened with. */
export interface StreamSettings {
  id: number;
  model: LoadedModel;
  width: number;
  height: number;
  pixelType: PixelType;
  wanted: Wanted;
  latestOnly: boolean;
  /** Whether ids that never come are frames that were skipped. */
  consecutiveIds: boolean;
  /** Whether its frames have nothing to do with each other. */
  unrelated: boolean;
  /** Why all its frames are unlike those of the model's training; empty where they are not. */
  unlike: string;
}

/** One client's frames of one size: they wait here for the engine and are answered in order. */
export class ServerStream implements FrameQueue {
  readonly model: LoadedModel;
  readonly width: number;
  readonly height: number;
  readonly pixelType: PixelType;
  readonly wanted: Wanted;
  readonly recording: number | undefined;
  readonly latestOnly: boolean;
  /** Pixels of a frame. */
  readonly cost: number;
  readonly batchKey: string;
  readonly credits: Credits;
  readonly statistics: StreamStatistics;
  /** Bytes of a frame. */
  readonly frameBytes: number;
  /** Through which frames and maps go; undefined where they come in messages alone. */
  slots: StreamSlots | undefined;
  private readonly answers = new OrderedAnswers<Entry>();
  /** Frames that wait for the engine, oldest first. */
  private queue: Entry[] = [];
  private readonly missing = new MissingFrames();
  /** Frames that were handed out so far. */
  private handedOut = 0;
  private previewTurn = Number.NEGATIVE_INFINITY;
  private closing = false;
  private closed = false;

  constructor(
    readonly settings: StreamSettings,
    private readonly counting: Counting,
    private readonly host: StreamHost,
    /** The client that has opened it. */
    readonly owner: StreamOwner,
  ) {
    this.statistics = new StreamStatistics(counting.throughput);
    ({
      model: this.model,
      width: this.width,
      height: this.height,
      pixelType: this.pixelType,
      wanted: this.wanted,
      latestOnly: this.latestOnly,
    } = settings);
    this.recording = settings.unrelated ? undefined : newRecording();
    this.cost = this.width * this.height;
    this.frameBytes = this.cost * PIXEL_TYPES[this.pixelType].bytes;
    this.credits = new Credits(this.frameBytes, this.wanted.density ? 4 * this.cost : 0);
    const { pool, density, maxLocalCount } = this.wanted;
    this.batchKey = [
      this.model.identity,
      this.width,
      this.height,
      this.pixelType,
      pool,
      density,
      maxLocalCount,
    ].join("|");
  }

  get id(): number {
    return this.settings.id;
  }

  /** Most bytes of frames and answers that it keeps in memory at a time. */
  get mostBytes(): number {
    return this.credits.bytes;
  }

  get waiting(): number {
    return this.queue.length;
  }

  /** Frames that were received and not answered. */
  get pending(): number {
    return this.answers.pending;
  }

  /** Makes slots for its frames, where that is worth while. */
  async makeSlots(): Promise<void> {
    const density = this.wanted.density ? 4 * this.cost : 0;
    this.slots = await this.counting.slots.create(this.credits.total, this.frameBytes, density);
  }

  /**
   * Takes a frame from the client; its answer follows in turn.
   * @param refuse answers it with this error instead of counting it
   * @throws ProtocolError PROTOCOL_CREDIT, PROTOCOL_MESSAGE
   */
  receive({ sequence, pixels, identity, slot }: WireFrame, refuse?: Error): void {
    if (!Number.isSafeInteger(sequence)) throw inexactSequence(this.id);
    if (!this.credits.use()) {
      throw new ProtocolError("PROTOCOL_CREDIT", {
        subject: `frame ${sequence} of stream ${this.id}`,
        expected: `at most ${this.credits.total} frames under way`,
        found: "one more",
        advice: "Wait for Credit before sending.",
      });
    }
    const received = performance.now();
    const entry: Entry = {
      ...{ sequence, received, place: 0, skipped: 0, slot: undefined },
      copyPixels: (target) => target.set(pixels),
      identity: identity ?? undefined,
    };
    const error = refuse ?? this.refusal(entry, pixels.length, slot ?? undefined);
    // Its error says which frame it is, but does not send back what was too long.
    if (error && identity) entry.identity = withoutMetadata(identity);
    this.statistics.received++;
    this.countMissing(entry);
    this.answers.add(entry);
    if (error) {
      this.fail(entry, error);
      return;
    }
    if (this.latestOnly) this.dropWaiting();
    entry.skipped = this.statistics.skipped;
    this.queue.push(entry);
    this.counting.dispatcher.notify(this);
  }

  take(count: number): QueuedFrame[] {
    const frames = this.queue.splice(0, count);
    for (const frame of frames) frame.place = this.handedOut++;
    return frames;
  }

  answer(frames: readonly QueuedFrame[], outcome: Outcome): void {
    for (const [i, frame] of frames.entries()) {
      const entry = frame as Entry;
      if ("error" in outcome) {
        this.fail(entry, outcome.error);
        continue;
      }
      this.answerCounted(entry, outcome.predictions[i]!, outcome);
    }
  }

  takePreviewTurn(): boolean {
    const now = performance.now();
    if (!this.counting.pages.isWatched || now < this.previewTurn) return false;
    this.previewTurn = now + STATUS_LIMITS.intervalMs;
    return true;
  }

  /**
   * Closes once everything is answered.
   * @param discard drops the frames that wait
   */
  close(discard: boolean): void {
    this.closing = true;
    if (discard) this.dropWaiting();
    this.closeWhenDone();
  }

  private answerCounted(
    entry: Entry,
    { count, maxLocalCount, certainty, density, preview }: Prediction,
    { started, finished }: FrameTimes,
  ): void {
    const { sequence, identity, received, skipped } = entry;
    const times = { queueMs: started - received, predictMs: finished - started };
    const judged = certainty && { certainty: withReason(certainty, this.settings.unlike) };
    this.statistics.counted({ count, maxLocalCount, ...times, ...judged });
    if (preview) this.statistics.lastMap = { preview, sequence, count };
    const map = density && new Uint8Array(density.buffer, density.byteOffset, density.byteLength);
    const densityInSlot = map && entry.slot !== undefined && this.slots?.writeDensity(entry.slot, map);
    if (densityInSlot) this.giveBackMap(map);
    this.settle(entry, {
      result: {
        stream: this.id,
        sequence,
        count,
        maxLocalCount,
        ...(densityInSlot ? { densityInSlot } : map && { density: map }),
        ...times,
        ...judged,
        ...(identity && { identity }),
        ...{ receivedMs: received, startedMs: started, finishedMs: finished, skipped },
      },
    });
  }

  private dropWaiting(): void {
    for (const entry of this.queue.splice(0)) {
      this.statistics.droppedOne();
      const { sequence, identity } = entry;
      const reply = { dropped: { stream: this.id, sequence, ...(identity && { identity }) } };
      if (this.latestOnly) {
        this.answers.remove(entry);
        this.freeSlot(entry);
        this.sendReply(reply);
      } else {
        this.settle(entry, reply);
      }
    }
  }

  private fail(entry: Entry, error: unknown): void {
    const { sequence, identity } = entry;
    const about = { stream: this.id, sequence, aboutFrame: true, ...(identity && { identity }) };
    const reply = errorToWire(error, about);
    this.statistics.failedOne(reply.message ?? "");
    this.settle(entry, { error: reply });
  }

  private settle(entry: Entry, reply: ServerMessage): void {
    this.freeSlot(entry);
    for (const next of this.answers.settle(entry, reply)) this.sendReply(next);
    this.closeWhenDone();
    this.host.answered();
  }

  private sendReply(reply: ServerMessage): void {
    this.host.send(reply);
    if (reply.result?.density) this.giveBackMap(reply.result.density);
    if (this.closing) return;
    const credits = this.credits.earn();
    if (credits > 0) this.host.send({ credit: { stream: this.id, credits } });
  }

  /** Gives the buffer of a map that was copied back, unless it holds other maps too. */
  private giveBackMap({ byteLength, buffer }: Uint8Array): void {
    if (byteLength === buffer.byteLength) this.counting.buffers.giveBack(buffer as ArrayBuffer);
  }

  private freeSlot({ slot }: Entry): void {
    if (slot !== undefined) this.slots?.free(slot);
  }

  private closeWhenDone(): void {
    if (!this.closing || this.closed || this.pending > 0) return;
    this.closed = true;
    const { results, dropped, missing } = this.statistics;
    this.host.send({ streamClosed: { stream: this.id, results, dropped, missing } });
    this.host.closed(this);
  }

  private countMissing({ identity }: Entry): void {
    const id = wireId(identity);
    if (!this.settings.consecutiveIds || id === undefined) return;
    this.missing.see(id);
    this.statistics.missing = this.missing.count;
  }

  /** Why a frame is not counted. Where it is, its slot is taken. */
  private refusal(entry: Entry, bytes: number, slot: number | undefined): Error | undefined {
    const { sequence, identity } = entry;
    if (this.closing) {
      return new ProtocolError("PROTOCOL_STREAM", {
        subject: `frame ${sequence}`,
        found: `stream ${this.id} being closed`,
      });
    }
    const metadataBytes = identity?.metadata?.length ?? 0;
    if (metadataBytes > WIRE_LIMITS.maxFrameMetadataBytes) {
      return new ProtocolError("PROTOCOL_LIMIT", {
        subject: `frame ${sequence} of stream ${this.id}`,
        expected: `at most ${WIRE_LIMITS.maxFrameMetadataBytes} bytes of metadata`,
        found: `${metadataBytes}`,
        advice: "Keep what is longer, and give the frame an id by which to find it.",
      });
    }
    if (slot !== undefined && bytes === 0) return this.takeSlot(entry, slot);
    if (bytes === this.frameBytes) return undefined;
    return new InputError("INPUT_SIZE", {
      subject: `frame ${sequence} of stream ${this.id}`,
      expected: `${this.frameBytes} bytes (${this.width} x ${this.height} ${this.pixelType})`,
      found: `${bytes} bytes`,
      advice: "Open a stream of the frame's own size and type.",
    });
  }

  private takeSlot(entry: Entry, slot: number): Error | undefined {
    const { slots } = this;
    const subject = `frame ${entry.sequence} of stream ${this.id}`;
    if (!slots)
      return new ProtocolError("PROTOCOL_STREAM", {
        subject,
        expected: "pixels",
        found: "a slot of a stream without slots",
      });
    try {
      slots.take(slot, subject);
    } catch (error) {
      return error as Error;
    }
    entry.slot = slot;
    entry.copyPixels = (target) => slots.readFrame(slot, target);
    return undefined;
  }
}

/** JavaScript's numbers are exact below 2^53: a larger one would come back as another. */
function inexactSequence(stream: number): ProtocolError {
  return new ProtocolError("PROTOCOL_MESSAGE", {
    subject: `frame of stream ${stream}`,
    expected: "a sequence number below 2^53",
    found: "a larger one",
    advice: "Number the frames from 0, and give each its own number as the id, which may have 64 bits.",
  });
}

function withoutMetadata({ id, timestamp }: WireIdentity): WireIdentity {
  return { ...(id != null && { id }), ...(timestamp != null && { timestamp }) };
}
