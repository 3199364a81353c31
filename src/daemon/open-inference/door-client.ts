import { ProtocolError } from "../../base/errors.js";
import { DOOR_LIMITS, STATUS_LIMITS } from "../../base/limits.js";
import { type OpenStream, pixelTypeToWire, type ServerMessage } from "../../protocol/codec.js";
import type { Counting } from "../counting/counting.js";
import { secondOf } from "../counting/seconds-ring.js";
import { SessionStreams, type StreamClient, type StreamModels } from "../counting/session-streams.js";
import type { AskedFrames } from "./asked-frames.js";
import type { CountedFrame } from "./asked-outputs.js";
import { clientHasGone, StreamLane } from "./stream-lane.js";
import type { StreamOptions } from "./stream-options.js";

/** How the frames of a request are counted. */
export interface CountingWishes extends StreamOptions {
  model: string;
  density: boolean;
  maxLocalCount: boolean;
}

/**
 * One connection of the door as a client of the daemon's streams: the same credits, fair turns,
 * limits and shares as those of any other client. It keeps a stream for each kind of its frames.
 */
export class DoorClient implements StreamClient {
  readonly since = secondOf();
  readonly connection: StreamClient["connection"];
  private readonly streams: SessionStreams;
  private readonly kinds = new Map<string, StreamLane>();
  private readonly opening = new Map<string, Promise<void>>();
  /** By the number of their stream, also those that are closing. */
  private readonly lanes = new Map<number, StreamLane>();
  private nextStream = 1;
  private isOpen = true;

  /**
   * @param id the connection's number in the daemon
   * @param client what it calls itself
   */
  constructor(
    readonly id: number,
    readonly client: string,
    models: Pick<StreamModels, "models" | "load">,
    counting: Counting,
  ) {
    const isOpen = () => this.isOpen;
    this.connection = {
      get isOpen() {
        return isOpen();
      },
      send: (message) => this.receive(message),
      sendError: () => undefined,
    };
    // Names alone choose models here, whoever asks.
    const named = { local: false, models: () => models.models(), load: (name?: string) => models.load(name) };
    this.streams = new SessionStreams(this, named, counting);
  }

  /** Nothing waits for it. */
  settled(): void {}

  /**
   * Counts frames, in turns with those of all other clients.
   * @param take told of each frame's counts, in order
   * @throws what opening a stream throws, and the error of the first frame that fails; DefconError
   * CANCELLED
   */
  async count(
    input: AskedFrames,
    wishes: CountingWishes,
    take: (index: number, counted: CountedFrame) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const kind = JSON.stringify([input.width, input.height, input.pixelType, wishes]);
    let lane = this.usable(kind);
    while (!lane) {
      await this.ready(kind, input, wishes);
      lane = this.usable(kind);
    }
    await lane.count(input, take, signal);
  }

  /** Forgets all streams: the connection is gone. */
  end(): void {
    this.isOpen = false;
    this.streams.forget();
    for (const lane of this.lanes.values()) lane.end();
    this.lanes.clear();
    this.kinds.clear();
  }

  private usable(kind: string): StreamLane | undefined {
    const lane = this.kinds.get(kind);
    return lane && !isOld(lane) ? lane : undefined;
  }

  /** Waits until there is a new lane for a kind of frames. */
  private ready(kind: string, input: AskedFrames, wishes: CountingWishes): Promise<void> {
    const opening =
      this.opening.get(kind) ?? this.open(kind, input, wishes).finally(() => this.opening.delete(kind));
    this.opening.set(kind, opening);
    return opening;
  }

  private async open(kind: string, input: AskedFrames, wishes: CountingWishes): Promise<void> {
    if (this.kinds.size >= DOOR_LIMITS.maxKinds) this.closeLeastUsed();
    const stream = this.nextStream++;
    const request = streamRequest(stream, input, wishes);
    const opened = await this.streams.open(request).catch((error: unknown) => {
      // Streams that nobody uses now may be what is too much.
      if (!(error instanceof ProtocolError) || !this.closeIdle()) throw error;
      return this.streams.open(request);
    });
    if (!this.isOpen) throw clientHasGone();
    const before = this.kinds.get(kind);
    if (before) this.close(before);
    const credits = opened.streamOpened?.credits ?? 0;
    const lane = new StreamLane(stream, credits, (frame) => this.streams.receive(frame));
    this.lanes.set(stream, lane);
    this.kinds.set(kind, lane);
  }

  private receive(message: ServerMessage): void {
    const { result, error, credit, streamClosed } = message;
    if (streamClosed) this.lanes.delete(streamClosed.stream ?? 0);
    const stream = result?.stream ?? error?.stream ?? credit?.stream;
    if (stream !== undefined && stream !== null) this.lanes.get(stream)?.receive(message);
  }

  private closeLeastUsed(): void {
    const idle = [...this.lanes.values()].filter(({ isIdle }) => isIdle).sort((a, b) => a.used - b.used);
    if (idle[0]) this.close(idle[0]);
  }

  private closeIdle(): boolean {
    const idle = [...this.lanes.values()].filter(({ isIdle }) => isIdle);
    for (const lane of idle) this.close(lane);
    return idle.length > 0;
  }

  private close(lane: StreamLane): void {
    for (const [kind, other] of this.kinds) if (other === lane) this.kinds.delete(kind);
    this.streams.close({ stream: lane.stream, discard: false });
  }
}

/** Whether a lane should be opened anew, for its model may have been replaced since. */
function isOld({ isIdle, opened }: StreamLane): boolean {
  return isIdle && performance.now() - opened > STATUS_LIMITS.modelsIntervalMs;
}

function streamRequest(
  stream: number,
  { width, height, pixelType }: AskedFrames,
  { model, density, maxLocalCount, pool = 0, pixelSize = 0 }: CountingWishes,
): OpenStream {
  return {
    ...{ stream, model, width, height, pixelType: pixelTypeToWire(pixelType), pool, pixelSize },
    ...{ sendDensity: density, sendMaxLocalCount: maxLocalCount },
    // Each request stands alone, so that its answer depends on nothing that was asked before.
    ...{ latestOnly: false, consecutiveIds: false, unrelated: true, takeSlots: false },
  };
}
