import { ModelFormatError, ProtocolError } from "../../base/errors.js";
import { LIMITS, WIRE_LIMITS } from "../../base/limits.js";
import type { LoadedModel } from "../../predict/loaded-model.js";
import type { ModelSummary } from "../../predict/prediction.js";
import { unlikePixels } from "../../predict/unlike-pixels.js";
import type { OpenStream, ServerMessage, WireFrame } from "../../protocol/codec.js";
import type { Connection } from "../connection.js";
import { wireModel } from "../session-models.js";
import { stoppingError } from "../stopping-error.js";
import type { Counting } from "./counting.js";
import type { StreamOwner } from "./dispatcher.js";
import { ServerStream, type StreamHost } from "./stream.js";
import { checkStreamRequest } from "./stream-request.js";

/** What the streams of a client need of its session. */
export interface StreamClient {
  /** The connection's number in the daemon. */
  readonly id: number;
  /** What the client calls itself. */
  readonly client: string;
  readonly connection: Pick<Connection, "isOpen" | "send" | "sendError">;
  /** Called after each answer, and when a stream has ended. */
  settled(): void;
}

/** The models that streams are counted with. */
export interface StreamModels {
  /** Whether clients are on this machine and may name model files by path. */
  readonly local: boolean;
  models(): Promise<ModelSummary[]>;
  /** @param model the default model where left out */
  load(model?: string): Promise<LoadedModel>;
}

/** One client's streams: opens them, hands them their frames, and closes them. */
export class SessionStreams implements StreamOwner {
  private readonly streams = new Map<number, ServerStream>();
  private readonly host: StreamHost;
  private isStopping = false;
  private mostFrameBytes = 0;

  constructor(
    private readonly client: StreamClient,
    private readonly models: StreamModels,
    private readonly counting: Counting,
  ) {
    this.host = {
      send: (message) => client.connection.send(message),
      answered: () => client.settled(),
      closed: (stream) => {
        this.streams.delete(stream.id);
        counting.remove(stream);
        client.settled();
      },
    };
  }

  get busyStreams(): number {
    let busy = 0;
    for (const { pending } of this.streams.values()) if (pending > 0) busy++;
    return busy;
  }

  /** Bytes of the largest frame of all streams that were opened so far. */
  get largestFrame(): number {
    return this.mostFrameBytes;
  }

  /** Whether every frame received so far is answered. */
  get isIdle(): boolean {
    return [...this.streams.values()].every((stream) => stream.pending === 0);
  }

  /**
   * Opens a stream.
   * @returns what the client is told
   * @throws ProtocolError PROTOCOL_STREAM, PROTOCOL_LIMIT; InputError; ModelFormatError;
   * DaemonError DAEMON_STOPPING
   */
  async open(request: OpenStream): Promise<ServerMessage> {
    const { stream: id, width, height, latestOnly, consecutiveIds, unrelated } = request;
    if (this.isStopping) throw stoppingError();
    this.checkId(id);
    const pixelType = checkStreamRequest(request);
    const model = await this.load(request.model);
    const { sendDensity: density, sendMaxLocalCount: maxLocalCount } = request;
    const pool = request.pool || model.summary.pool;
    const stream = new ServerStream(
      {
        ...{ id, width, height, pixelType, latestOnly, consecutiveIds, unrelated },
        model,
        wanted: { density, maxLocalCount, pool, certainty: true },
        unlike: unlikePixels(model.summary, request.pixelSize),
      },
      this.counting,
      this.host,
      this,
    );
    this.checkShare(stream);
    if (width * height >= LIMITS.maxBatchPixels) await this.countApart(model);
    if (request.takeSlots && this.models.local) await stream.makeSlots();
    // A stream that opens after its client has gone would never end.
    if (this.client.connection.isOpen) {
      this.streams.set(id, stream);
      this.mostFrameBytes = Math.max(this.mostFrameBytes, stream.frameBytes);
      this.register(stream, model.name);
    } else {
      model.release();
      stream.slots?.close();
    }
    return {
      streamOpened: {
        stream: id,
        model: wireModel(model.summary, this.models.local),
        credits: stream.credits.total,
        pool,
        ...(stream.slots && { slots: stream.slots.place }),
      },
    };
  }

  /** Takes a frame; its stream answers it. */
  receive(frame: WireFrame): void {
    this.opened(frame.stream)?.receive(frame, this.isStopping ? stoppingError() : undefined);
  }

  /**
   * Closes a stream once its frames are answered.
   * @param discard drops those that still wait
   */
  close({ stream, discard }: { stream: number; discard: boolean }): void {
    this.opened(stream)?.close(discard);
  }

  /** Refuses streams and frames from now on. */
  stop(): void {
    this.isStopping = true;
  }

  /** Forgets all streams: the client has gone. */
  forget(): void {
    for (const stream of this.streams.values()) this.counting.remove(stream);
    this.streams.clear();
  }

  /** The stream with a number. Where there is none, the client is told so. */
  private opened(id: number): ServerStream | undefined {
    const stream = this.streams.get(id);
    if (!stream) this.client.connection.sendError(unknownStream(id), { stream: id });
    return stream;
  }

  private register(stream: ServerStream, model: string): void {
    const { id: connection, client } = this.client;
    this.counting.register.add(stream, { connection, client, model });
  }

  private async load(name: string): Promise<LoadedModel> {
    const { models } = this;
    const byName =
      models.local || name === "" || (await models.models()).some((model) => model.name === name);
    if (byName) return countsFrameByFrame(await models.load(name || undefined));
    throw new ModelFormatError("MODEL_NOT_FOUND", {
      subject: `model ${name}`,
      expected: "the name of one of the daemon's models",
      advice: "A daemon on another machine takes no paths.",
    });
  }

  /** Frames that fill the engine's calls alone are counted beside all others. */
  private async countApart(model: LoadedModel): Promise<void> {
    try {
      await model.countApart();
    } catch (error) {
      model.release();
      throw error;
    }
  }

  /**
   * Checks that a client with one more stream would keep to its share of the memory.
   * @throws ProtocolError PROTOCOL_LIMIT
   */
  private checkShare(stream: ServerStream): void {
    const all = [...this.streams.values(), stream];
    const models = new Set(all.map(({ model }) => model.identity)).size;
    const bytes = all.reduce((sum, { mostBytes }) => sum + mostBytes, 0);
    const { maxModelsPerConnection, maxFrameBytesPerConnection } = WIRE_LIMITS;
    if (models <= maxModelsPerConnection && bytes <= maxFrameBytesPerConnection) return;
    stream.model.release();
    throw new ProtocolError("PROTOCOL_LIMIT", {
      subject: `stream ${stream.id}`,
      ...(models > maxModelsPerConnection
        ? { expected: `at most ${maxModelsPerConnection} models in use by a client`, found: "one more" }
        : {
            expected: `at most ${maxFrameBytesPerConnection} bytes of frames and maps of a client`,
            found: `${bytes}`,
          }),
      advice: "Close streams that are not in use.",
    });
  }

  private checkId(id: number): void {
    if (this.streams.has(id)) {
      throw new ProtocolError("PROTOCOL_STREAM", {
        subject: `stream ${id}`,
        expected: "a number not in use",
        found: "an open stream",
      });
    }
    if (this.streams.size >= WIRE_LIMITS.maxStreamsPerConnection) {
      throw new ProtocolError("PROTOCOL_LIMIT", {
        subject: "stream",
        expected: `at most ${WIRE_LIMITS.maxStreamsPerConnection} open at a time`,
        found: "one more",
        advice: "Close streams that are not in use.",
      });
    }
  }
}

/**
 * The model, if it counts each frame by itself.
 * A stream answers a frame before the next one is there.
 * @throws ModelFormatError MODEL_ARCHITECTURE
 */
function countsFrameByFrame(model: LoadedModel): LoadedModel {
  if (model.framesSeen === 1) return model;
  model.release();
  throw new ModelFormatError("MODEL_ARCHITECTURE", {
    subject: `model ${model.name}`,
    expected: "a model that counts each frame by itself, as streams are counted",
    found: `${model.summary.architecture}, which sees ${model.framesSeen} frames at a time`,
    advice: "Choose another model, or count the stack with defcon-fiji predict.",
  });
}

function unknownStream(stream: number): ProtocolError {
  return new ProtocolError("PROTOCOL_STREAM", {
    subject: `stream ${stream}`,
    expected: "an open stream",
    found: "none of that number",
  });
}
