import { setTimeout as pause } from "node:timers/promises";
import { DefconError, type ErrorCode } from "../base/errors.js";
import { pixelTypeOf } from "../frames/frame.js";
import type { ClientStream, DaemonClient } from "../protocol/client.js";
import type { ArrivingFrame } from "./newest-frames.js";

/** Hears of frames. What a call throws ends the counting. */
export interface CountListener {
  counted(frame: ArrivingFrame, counts: { count: number; maxLocalCount: number }): void;
  /** The frame cannot be counted. */
  uncounted(error: Error): void;
  /** The daemon is lost; another attempt follows. */
  lost(error: Error): void;
}

/** Errors after which a later attempt may succeed. */
const PASSING: readonly ErrorCode[] = [
  "CONNECTION_LOST",
  "DAEMON_UNREACHABLE",
  "DAEMON_RUNNING",
  "DAEMON_STOPPING",
  "DAEMON_START",
  "PROTOCOL_LIMIT",
];
const RETRY_MS = 500;

/**
 * Counts the newest frame with a daemon, again and again. Frames that come while it is busy replace
 * each other. A daemon that is lost is found again, or another one.
 */
export class DaemonCounter {
  private stream: ClientStream | undefined;
  /** The last frame that was offered; the one that waits before a stream is open. */
  private newest: ArrivingFrame | undefined;
  private arrived: () => void = () => undefined;
  private wasFound = false;
  private readonly ended = new AbortController();

  /** @param model a model's name, a path on the daemon's machine, or nothing for the default */
  constructor(
    private readonly connect: () => Promise<DaemonClient>,
    private readonly model: string | undefined,
    private readonly listener: CountListener,
  ) {}

  /** Offers a frame. It never waits, and the frame must not change afterwards. */
  offer(frame: ArrivingFrame): void {
    this.newest = frame;
    this.arrived();
    // Errors of the stream come with its results.
    this.stream?.send(frame.pixels, frame.number).catch(() => undefined);
  }

  /**
   * Counts until it is ended.
   * @throws what the first attempt to connect throws; later only what no further attempt can mend
   */
  async run(): Promise<void> {
    const { signal } = this.ended;
    while (!signal.aborted) {
      try {
        const client = await this.connect();
        this.wasFound = true;
        try {
          await this.count(client);
        } finally {
          await client.close();
        }
      } catch (error) {
        const passes = error instanceof DefconError && PASSING.includes(error.code);
        if (!passes || !this.wasFound) throw error;
        if (signal.aborted) return;
        this.listener.lost(error);
        await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Ends once the frames that were sent are answered. */
  async finish(): Promise<void> {
    this.ended.abort();
    this.arrived();
    await this.stream?.close().catch(() => undefined);
  }

  /** Ends at once. */
  abandon(): void {
    this.ended.abort();
    this.arrived();
    this.stream?.close({ discard: true }).catch(() => undefined);
  }

  private async count(client: DaemonClient): Promise<void> {
    const first = await this.firstFrame();
    if (!first) return;
    const { width, height, pixels, pixelSize } = first;
    const stream = await client.openStream({
      ...{ model: this.model, width, height, pixelType: pixelTypeOf(pixels), pixelSize },
      ...{ maxLocalCount: true, latestOnly: true },
    });
    this.stream = stream;
    try {
      this.offer(this.newest!);
      if (this.ended.signal.aborted) void stream.close().catch(() => undefined);
      for await (const answer of stream.results()) {
        if (answer.kind === "result") this.listener.counted({ ...first, number: answer.sequence }, answer);
        else if (answer.kind === "error") this.listener.uncounted(answer.error);
      }
    } finally {
      this.stream = undefined;
    }
  }

  /** The newest frame, once there is one; undefined at the end. */
  private async firstFrame(): Promise<ArrivingFrame | undefined> {
    while (!this.newest && !this.ended.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.arrived = resolve;
      });
    }
    return this.newest;
  }
}
