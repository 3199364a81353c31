import { DaemonError, InputError, ProtocolError } from "../../base/errors.js";
import { STATUS_LIMITS, WIRE_LIMITS } from "../../base/limits.js";
import { withReason } from "../../certainty/frame-certainty.js";
import { PIXEL_TYPES, type PixelType } from "../../frames/frame.js";
import type { Wanted } from "../../predict/prediction.js";
import { errorToWire, type ServerMessage, type WireFrame } from "../../protocol/codec.js";
import type { Counting } from "./counting.js";
import type { FrameSource, Outcome, QueuedFrame } from "./dispatcher.js";
import { StreamStatistics } from "./stream-statistics.js";

/** A frame on its way through the daemon, in the order of arrival. */
interface Entry extends QueuedFrame {
  sequence: number;
  /** Its answer, once there is one; sent when all before it are. */
  reply?: ServerMessage;
}

/** What a stream needs of its connection. */
export interface StreamHost {
  /** The message is encoded, or let go, before this returns. */
  send(message: ServerMessage): void;
  /** Called after each answer. */
  answered(): void;
  /** Called when the stream has answered everything and is closed. */
  closed(stream: ServerStream): void;
}

/** What a stream was opened with. */
export interface StreamSettings {
  id: number;
  /** As given to the predictor. */
  model: string;
  width: number;
  height: number;
  pixelType: PixelType;
  wanted: Wanted;
  latestOnly: boolean;
  /** Why all its frames are unlike those of the model's training; empty where they are not. */
  unlike: string;
}

/** One client's frames of one size: its queue, its credits, its answers in order. */
export class ServerStream implements FrameSource {
  readonly model: string;
  readonly width: number;
  readonly height: number;
  readonly pixelType: PixelType;
  readonly wanted: Wanted;
  readonly latestOnly: boolean;
  readonly cost: number;
  readonly batchKey: string;
  /** Frames that may be under way. */
  readonly credits: number;
  private readonly frameBytes: number;
  /** Frames not answered yet, oldest first. */
  private entries: Entry[] = [];
  private queue: Entry[] = [];
  /** Credits the client has used and not got back. */
  private used = 0;
  private owed = 0;
  readonly statistics: StreamStatistics;
  private previewTurn = Number.NEGATIVE_INFINITY;
  private closing = false;
  private closed = false;

  constructor(
    readonly settings: StreamSettings,
    private readonly counting: Counting,
    private readonly host: StreamHost,
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
    this.cost = this.width * this.height;
    this.frameBytes = this.cost * PIXEL_TYPES[this.pixelType].bytes;
    const { pool, density, maxLocalCount } = this.wanted;
    this.batchKey = [this.model, this.width, this.height, this.pixelType, pool, density, maxLocalCount].join(
      "|",
    );
    const fitting = Math.floor(WIRE_LIMITS.creditBytes / this.frameBytes);
    this.credits = Math.min(WIRE_LIMITS.maxCredits, Math.max(WIRE_LIMITS.minCredits, fitting));
  }

  get id(): number {
    return this.settings.id;
  }

  get waiting(): number {
    return this.queue.length;
  }

  /** Frames that were received and not answered. */
  get pending(): number {
    return this.entries.length;
  }

  /**
   * Takes a frame from the client; its answer follows in turn.
   * @param refuse answers it with this error instead of counting it
   * @throws ProtocolError PROTOCOL_CREDIT
   */
  receive({ sequence, pixels: bytes }: WireFrame, refuse?: Error): void {
    if (this.used >= this.credits) {
      throw new ProtocolError("PROTOCOL_CREDIT", {
        subject: `frame ${sequence} of stream ${this.id}`,
        expected: `at most ${this.credits} frames under way`,
        found: "one more",
        advice: "Wait for Credit before sending.",
      });
    }
    this.used++;
    const entry: Entry = { sequence, bytes, received: performance.now() };
    const error = refuse ?? this.refusal(entry);
    this.statistics.received++;
    this.entries.push(entry);
    if (error) {
      this.fail(entry, error);
      return;
    }
    if (this.latestOnly) this.dropWaiting();
    this.queue.push(entry);
    this.counting.dispatcher.notify(this);
  }

  take(count: number): QueuedFrame[] {
    return this.queue.splice(0, count);
  }

  answer(frames: readonly QueuedFrame[], outcome: Outcome): void {
    for (const [i, frame] of frames.entries()) {
      const entry = frame as Entry;
      if ("error" in outcome) {
        this.fail(entry, outcome.error);
        continue;
      }
      const { count, maxLocalCount, certainty, density, preview } = outcome.predictions[i]!;
      const { sequence } = entry;
      const judged = certainty && { certainty: withReason(certainty, this.settings.unlike) };
      const [queueMs, predictMs] = [outcome.started - entry.received, outcome.finished - outcome.started];
      this.statistics.counted({ count, maxLocalCount, queueMs, predictMs, ...judged });
      if (preview) this.statistics.lastMap = { preview, sequence, count };
      this.settle(entry, {
        result: {
          stream: this.id,
          sequence,
          count,
          maxLocalCount,
          ...(density && { density: new Uint8Array(density.buffer, density.byteOffset, density.byteLength) }),
          queueMs,
          predictMs,
          ...judged,
        },
      });
    }
  }

  takePreviewTurn(): boolean {
    const now = performance.now();
    if (!this.counting.pages.isWatched || now < this.previewTurn) return false;
    this.previewTurn = now + STATUS_LIMITS.intervalMs;
    return true;
  }

  /** Closes once everything is answered. @param discard drops the frames that wait */
  close(discard: boolean): void {
    this.closing = true;
    if (discard) this.dropWaiting();
    this.closeWhenDone();
  }

  private dropWaiting(): void {
    for (const entry of this.queue.splice(0)) {
      this.statistics.droppedOne();
      const reply = { dropped: { stream: this.id, sequence: entry.sequence } };
      if (this.latestOnly) {
        this.entries = this.entries.filter((other) => other !== entry);
        this.sendReply(reply);
      } else {
        this.settle(entry, reply);
      }
    }
  }

  private fail(entry: Entry, error: unknown): void {
    const reply = errorToWire(error, this.about(entry.sequence));
    this.statistics.failedOne(reply.message ?? "");
    this.settle(entry, { error: reply });
  }

  private settle(entry: Entry, reply: ServerMessage): void {
    entry.reply = reply;
    let answered = 0;
    for (const { reply: next } of this.entries) {
      if (!next) break;
      answered++;
      this.sendReply(next);
    }
    this.entries.splice(0, answered);
    this.closeWhenDone();
    this.host.answered();
  }

  private sendReply(reply: ServerMessage): void {
    this.host.send(reply);
    this.giveBackMap(reply);
    this.owed++;
    // Fewer, larger grants: half of the credits at a time never leaves a client without any.
    if (this.owed * 2 < this.credits || this.closing) return;
    this.host.send({ credit: { stream: this.id, credits: this.owed } });
    this.used -= this.owed;
    this.owed = 0;
  }

  /** Sending has copied the map: a buffer that held nothing else is free. */
  private giveBackMap({ result }: ServerMessage): void {
    const density = result?.density;
    if (density?.byteLength && density.byteLength === density.buffer.byteLength) {
      this.counting.buffers.giveBack(density.buffer as ArrayBuffer);
    }
  }

  private closeWhenDone(): void {
    if (!this.closing || this.closed || this.entries.length > 0) return;
    this.closed = true;
    const { results, dropped } = this.statistics;
    this.host.send({ streamClosed: { stream: this.id, results, dropped } });
    this.host.closed(this);
  }

  private about(sequence: number) {
    return { stream: this.id, sequence, aboutFrame: true };
  }

  private refusal({ sequence, bytes }: Entry): Error | undefined {
    if (this.closing) {
      return new ProtocolError("PROTOCOL_STREAM", {
        subject: `frame ${sequence}`,
        found: `stream ${this.id} being closed`,
      });
    }
    if (bytes.length === this.frameBytes) return undefined;
    return new InputError("INPUT_SIZE", {
      subject: `frame ${sequence} of stream ${this.id}`,
      expected: `${this.frameBytes} bytes (${this.width} x ${this.height} ${this.pixelType})`,
      found: `${bytes.length} bytes`,
      advice: "Open a stream of the frame's own size and type.",
    });
  }
}

/** What a frame is answered that comes while the daemon stops. */
export function stoppingError(): DaemonError {
  return new DaemonError("DAEMON_STOPPING", {
    subject: "the daemon is stopping",
    advice: "Start it again: defcon-fiji serve",
  });
}
