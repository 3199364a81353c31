import { checkArgument, numberArgument, shown } from "../base/arguments.js";
import { type DefconError, InputError, ProtocolError } from "../base/errors.js";
import { wholeNumber } from "../base/number-rule.js";
import type { FrameCertainty } from "../certainty/frame-certainty.js";
import { PIXEL_TYPES, type PixelArray, type PixelType, pixelTypeOf } from "../frames/frame.js";
import type { ClientSlots } from "./client-slots.js";
import {
  type ClientMessage,
  certaintyFromWire,
  errorFromWire,
  type ReceivedServerMessage,
  type WireModel,
} from "./codec.js";
import { type FrameIdentity, identityFromWire, identityToWire, type WireIdentity } from "./frame-identity.js";

/** What a stream's frames are, and what is wanted of each. */
export interface StreamOptions {
  /** A model's name, a path on the daemon's machine, or nothing for the default. */
  model?: string | undefined;
  width: number;
  height: number;
  pixelType: PixelType;
  /** Send density maps back. */
  density?: boolean | undefined;
  maxLocalCount?: boolean | undefined;
  /** Side of the square of the max local count, pixels; the model's own where left out. */
  pool?: number | undefined;
  /** Drop frames older than the newest one instead of queueing them. */
  latestOnly?: boolean | undefined;
  /** Side of a pixel, nm. It is compared with that of the model's training. */
  pixelSize?: number | undefined;
  /**
   * The ids of the frames are a camera's, which numbers them one by one.
   * Ids that never come are then counted as skipped frames.
   */
  consecutiveIds?: boolean | undefined;
  /**
   * The frames do not follow one another in a recording. Then it is judged of each frame by itself
   * how far its counts are to be trusted, which takes longer.
   */
  unrelated?: boolean | undefined;
}

/** The answer to a frame, with what was said of the frame when it was sent. */
export type FrameAnswer = FrameIdentity & Outcome;

/** What became of a frame. */
type Outcome =
  | {
      kind: "result";
      sequence: number;
      count: number;
      maxLocalCount: number;
      /** (H,W) emitters per pixel, where it was wanted. */
      density?: Float32Array;
      /** Time the frame waited for the engine, ms. */
      queueMs: number;
      /** Time from then until the result, ms. */
      predictMs: number;
      /** When the frame had come as a whole: the daemon's monotonic clock, ms since its process began. */
      receivedMs: number;
      /** When the engine began with it, by the same clock. */
      startedMs: number;
      /** When the result was there, by the same clock. */
      finishedMs: number;
      /**
       * Frames of the stream before this one that the daemon skipped for newer ones, and with
       * `consecutiveIds` those whose ids never came to it.
       */
      skipped: number;
      /** How far the counts are to be trusted; absent where the model does not know. */
      certainty?: FrameCertainty;
    }
  | { kind: "dropped"; sequence: number }
  | { kind: "error"; sequence: number; error: DefconError };

const SEQUENCE = numberArgument(wholeNumber(0));

/** A frame that is to be sent. */
interface WaitingFrame {
  pixels: PixelArray;
  sequence: number;
  identity: WireIdentity | undefined;
}

/** A stream of frames of one size to one model. Made by {@link DaemonClient.openStream}. */
export class ClientStream {
  private credits = 0;
  private nextSequence = 0;
  private readonly answers: FrameAnswer[] = [];
  /** A latest-only frame that waits for credit. */
  private latest: WaitingFrame | undefined;
  private failure: Error | undefined;
  private ended = false;
  /** Wakes all that wait for credit or answers. */
  private wake: (() => void)[] = [];

  /** @internal */
  constructor(
    readonly id: number,
    readonly options: StreamOptions,
    /** The model in use. */
    readonly model: WireModel,
    /** The square in use, pixels. */
    readonly pool: number,
    private readonly post: (message: ClientMessage) => void,
    credits: number,
    /** Through which frames and maps go, where both programs are on one machine. */
    private readonly slots?: ClientSlots,
  ) {
    this.credits = credits;
  }

  /**
   * Sends a frame. It waits while the daemon grants no credit.
   * A latest-only stream never waits: a frame without credit replaces the one before it, which is
   * answered as dropped.
   * @param pixels width * height values of the stream's type; sent before this resolves
   * @param sequence rising; counted from 0 where left out
   * @param identity comes back with the answer
   * @returns the frame's sequence number
   * @throws InputError INPUT_SIZE, INPUT_PIXEL_TYPE, INPUT_OPTION; ProtocolError CONNECTION_LOST
   */
  async send(
    pixels: PixelArray,
    sequence = this.nextSequence,
    identity: FrameIdentity = {},
  ): Promise<number> {
    this.check(pixels);
    checkArgument("sequence", sequence, SEQUENCE);
    const wire = identityToWire(identity);
    this.nextSequence = sequence + 1;
    if (this.options.latestOnly && this.credits === 0 && !this.failure && !this.ended) {
      this.dropLatest();
      this.latest = { pixels: pixels.slice(), sequence, identity: wire };
      return sequence;
    }
    while (this.credits === 0 && !this.failure && !this.ended) await this.change();
    this.throwIfOver();
    this.transmit({ pixels, sequence, identity: wire });
    return sequence;
  }

  /**
   * The answers, in order, until the stream is closed.
   * @throws what ended the stream or its connection
   */
  async *results(): AsyncGenerator<FrameAnswer> {
    while (true) {
      const answer = this.answers.shift();
      if (answer) yield answer;
      else if (this.failure) throw this.failure;
      else if (this.ended) return;
      else await this.change();
    }
  }

  /**
   * Closes the stream once the frames sent are answered.
   * @param discard drops those that still wait instead
   * @throws what ended the stream or its connection before that
   */
  async close({ discard = false } = {}): Promise<void> {
    if (discard) this.dropLatest();
    while (this.latest && !this.failure) await this.change();
    if (!this.ended && !this.failure) this.post({ closeStream: { stream: this.id, discard } });
    while (!this.ended && !this.failure) await this.change();
    if (this.failure) throw this.failure;
  }

  /** Takes a message about this stream from the connection. @internal */
  receive(message: ReceivedServerMessage): void {
    if (message.credit) {
      this.credits += message.credit.credits;
      this.sendLatest();
    } else if (message.result) {
      this.takeResult(message.result);
    } else if (message.dropped) {
      const { sequence, identity } = message.dropped;
      this.slots?.free(sequence);
      this.answers.push({ kind: "dropped", sequence, ...identityFromWire(identity) });
    } else if (message.error) {
      const { aboutFrame, sequence, identity } = message.error;
      const error = errorFromWire(message.error);
      if (aboutFrame) {
        this.slots?.free(sequence);
        this.answers.push({ kind: "error", sequence, error, ...identityFromWire(identity) });
      } else this.failure ??= error;
    } else if (message.streamClosed) {
      this.ended = true;
      this.slots?.close();
    }
    this.notify();
  }

  /** Ends the stream with an error for everyone who waits on it. @internal */
  fail(error: Error): void {
    this.failure ??= error;
    this.slots?.close();
    this.notify();
  }

  private takeResult(result: NonNullable<ReceivedServerMessage["result"]>): void {
    const { sequence, densityInSlot } = result;
    const { width, height, density: wanted } = this.options;
    const map = densityInSlot
      ? new Float32Array(width * height)
      : wanted
        ? floats(result.density)
        : undefined;
    if (map && densityInSlot && !this.slots?.readDensity(sequence, new Uint8Array(map.buffer))) {
      this.failure ??= lostMap(sequence);
      return;
    }
    this.slots?.free(sequence);
    this.answers.push(resultFromWire(result, map));
  }

  private transmit({ pixels, sequence, identity }: WaitingFrame): void {
    this.credits--;
    const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    const slot = this.slots?.write(sequence, bytes);
    const where = slot === undefined ? { pixels: bytes } : { slot };
    this.post({ frame: { stream: this.id, sequence, ...where, ...(identity && { identity }) } });
  }

  private sendLatest(): void {
    if (!this.latest || this.credits === 0) return;
    const frame = this.latest;
    this.latest = undefined;
    this.transmit(frame);
  }

  private dropLatest(): void {
    if (!this.latest) return;
    const { sequence, identity } = this.latest;
    this.answers.push({ kind: "dropped", sequence, ...identityFromWire(identity) });
    this.latest = undefined;
    this.notify();
  }

  private check(pixels: PixelArray): void {
    const { width, height, pixelType } = this.options;
    if (!(pixels instanceof PIXEL_TYPES[pixelType].array)) {
      const known = Object.values(PIXEL_TYPES).some(({ array }) => (pixels as unknown) instanceof array);
      const found = known ? pixelTypeOf(pixels) : shown(pixels);
      throw new InputError("INPUT_PIXEL_TYPE", {
        subject: `frame of stream ${this.id}`,
        expected: pixelType,
        found,
      });
    }
    if (pixels.length !== width * height) {
      const [expected, found] = [`${width} x ${height} pixels`, `${pixels.length} values`];
      throw new InputError("INPUT_SIZE", { subject: `frame of stream ${this.id}`, expected, found });
    }
  }

  private throwIfOver(): void {
    if (this.failure) throw this.failure;
    if (this.ended) throw new ProtocolError("PROTOCOL_STREAM", { subject: `stream ${this.id} is closed` });
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.wake.push(resolve));
  }

  private notify(): void {
    const waiting = this.wake;
    this.wake = [];
    for (const resolve of waiting) resolve();
  }
}

function resultFromWire(
  result: NonNullable<ReceivedServerMessage["result"]>,
  density: Float32Array | undefined,
): FrameAnswer {
  const { sequence, count, maxLocalCount, queueMs, predictMs } = result;
  const { receivedMs, startedMs, finishedMs, skipped } = result;
  const certainty = certaintyFromWire(result.certainty);
  return {
    ...{ kind: "result", sequence, count, maxLocalCount, queueMs, predictMs },
    ...{ receivedMs, startedMs, finishedMs, skipped },
    ...(density && { density }),
    ...(certainty && { certainty }),
    ...identityFromWire(result.identity),
  };
}

/** The float32 values of received bytes, which may start anywhere in their buffer. */
function floats(bytes: Uint8Array): Float32Array {
  if (bytes.byteOffset % 4 === 0)
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  return new Float32Array(new Uint8Array(bytes).buffer);
}

function lostMap(sequence: number): ProtocolError {
  return new ProtocolError("PROTOCOL_STREAM", {
    subject: `map of frame ${sequence}`,
    expected: "it in the file that the daemon has made for maps",
    found: "the file closed or made shorter",
  });
}
