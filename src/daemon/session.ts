import type { RawData, WebSocket } from "ws";
import { InputError, ProtocolError } from "../base/errors.js";
import { LIMITS, WIRE_LIMITS } from "../base/limits.js";
import { VERSION } from "../base/version.js";
import { checkFrameSize } from "../predict/prepare.js";
import type { ModelSummary } from "../predict/types.js";
import {
  decodeClientMessage,
  encodeServerMessage,
  errorToWire,
  type OpenStream,
  PROTOCOL_VERSION,
  pixelTypeFromWire,
  type ReceivedClientMessage,
  type ServerMessage,
  type WireError,
  type WireModel,
} from "../protocol/codec.js";
import { checkHello } from "./admission.js";
import type { FrameSource } from "./dispatcher.js";
import { ServerStream, type StreamHost, stoppingError } from "./stream.js";

/** What a session needs of the daemon. */
export interface SessionHost {
  readonly token: string;
  readonly engine: string;
  readonly device: string;
  /** Whether clients are on this machine and may name model files by path. */
  readonly local: boolean;
  models(): Promise<ModelSummary[]>;
  load(model: string): Promise<ModelSummary>;
  notify(source: FrameSource): void;
  remove(source: FrameSource): void;
  /** Tells of the client's name once it is let in. */
  welcomed(session: Session): void;
}

/** WebSocket close codes (RFC 6455, 7.4.1). */
const CLOSE = { goingAway: 1001, policy: 1008 } as const;

/** One client's connection: hello, then its streams. */
export class Session implements StreamHost {
  /** What the client calls itself. */
  client = "";
  private readonly streams = new Map<number, ServerStream>();
  /** Streams whose model is being loaded. */
  private readonly opening = new Set<number>();
  private readonly helloTimer: NodeJS.Timeout;
  private stopping = false;
  private onIdle: (() => void) | undefined;

  constructor(
    private readonly socket: WebSocket,
    private readonly host: SessionHost,
  ) {
    this.helloTimer = setTimeout(() => {
      this.refuse(protocolError("connection", "a hello", `none within ${WIRE_LIMITS.helloTimeoutMs} ms`));
    }, WIRE_LIMITS.helloTimeoutMs);
    socket.on("message", (data, isBinary) => this.receive(data, isBinary));
    socket.on("close", () => this.forget());
    // A close event follows every error, and tells the rest.
    socket.on("error", () => undefined);
  }

  get drained(): boolean {
    return this.socket.bufferedAmount <= WIRE_LIMITS.maxUnsentBytes;
  }

  send(message: ServerMessage): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    const wasDrained = this.drained;
    this.socket.send(encodeServerMessage(message), () => {
      if (!wasDrained && this.drained) for (const stream of this.streams.values()) stream.grant();
    });
  }

  notify(source: FrameSource): void {
    this.host.notify(source);
  }

  answered(): void {
    if (this.onIdle) this.tellWhenIdle();
  }

  closed(stream: ServerStream): void {
    this.streams.delete(stream.id);
    this.host.remove(stream);
    this.tellWhenIdle();
  }

  /** Takes no new work, answers what is under way, and then closes. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.send({ goodbye: { reason: "The daemon is stopping." } });
    await new Promise<void>((resolve) => {
      this.onIdle = resolve;
      this.tellWhenIdle();
    });
    this.socket.close(CLOSE.goingAway, "the daemon is stopping");
  }

  /** Ends the connection without a word more. */
  terminate(): void {
    this.socket.terminate();
  }

  private receive(data: RawData, isBinary: boolean): void {
    try {
      if (!isBinary) throw protocolError("message", "a binary message", "a text message");
      const message = decodeClientMessage(data as Buffer);
      if (message.hello) this.welcome(message.hello);
      else if (this.client === "") throw protocolError("first message", "a hello", message.message);
      else this.handle(message);
    } catch (error) {
      this.refuse(error);
    }
  }

  private welcome(hello: NonNullable<ReceivedClientMessage["hello"]>): void {
    if (this.client !== "") throw protocolError("message", "one hello", "a second one");
    checkHello(hello, this.host.token);
    clearTimeout(this.helloTimer);
    this.client = hello.client || "unnamed client";
    this.host.welcomed(this);
    this.answerLater({}, async () => ({
      welcome: {
        protocolVersion: PROTOCOL_VERSION,
        serverVersion: VERSION,
        engine: this.host.engine,
        device: this.host.device,
        maxMessageBytes: WIRE_LIMITS.maxMessageBytes,
        models: (await this.host.models()).map(wireModel),
      },
    }));
  }

  private handle(message: ReceivedClientMessage): void {
    const { openStream, frame, closeStream } = message;
    if (openStream) {
      this.answerLater({ stream: openStream.stream }, () => this.open(openStream));
    } else if (frame) {
      this.openedStream(frame.stream)?.receive(frame, this.stopping ? stoppingError() : undefined);
    } else if (closeStream) {
      this.openedStream(closeStream.stream)?.close(closeStream.discard);
    } else {
      this.answerLater({}, async () => ({
        modelList: { models: (await this.host.models()).map(wireModel) },
      }));
    }
  }

  /** The stream of that number; if there is none, the client is told so. */
  private openedStream(id: number): ServerStream | undefined {
    const stream = this.streams.get(id);
    if (!stream) this.sendError(unknownStream(id), { stream: id });
    return stream;
  }

  private async open(request: OpenStream): Promise<ServerMessage> {
    const { stream: id, width, height } = request;
    if (this.stopping) throw stoppingError();
    this.checkId(id);
    checkFrameSize(width, height);
    checkReply(request);
    const pixelType = pixelTypeFromWire(request.pixelType);
    if (!pixelType) {
      throw new InputError("INPUT_PIXEL_TYPE", {
        subject: `stream ${id}`,
        expected: "UINT8, UINT16 or FLOAT32",
        found: `pixel type ${request.pixelType}`,
        advice: "In Fiji: Image > Type > 16-bit.",
      });
    }
    this.opening.add(id);
    try {
      const model = await this.load(request.model);
      const pool = request.pool || model.pool;
      const wanted = { density: request.sendDensity, maxLocalCount: request.sendMaxLocalCount, pool };
      const settings = {
        id,
        model: request.model,
        width,
        height,
        pixelType,
        wanted,
        latestOnly: request.latestOnly,
      };
      const stream = new ServerStream(settings, this);
      this.streams.set(id, stream);
      return { streamOpened: { stream: id, model: wireModel(model), credits: stream.credits, pool } };
    } finally {
      this.opening.delete(id);
    }
  }

  private async load(name: string): Promise<ModelSummary> {
    const byName =
      this.host.local || name === "" || (await this.host.models()).some((model) => model.name === name);
    if (byName) return this.host.load(name);
    throw new InputError("MODEL_NOT_FOUND", {
      subject: `model ${name}`,
      expected: "the name of one of the daemon's models",
      advice: "A daemon on another machine takes no paths.",
    });
  }

  private checkId(id: number): void {
    if (this.streams.has(id) || this.opening.has(id)) {
      throw new ProtocolError("PROTOCOL_STREAM", {
        subject: `stream ${id}`,
        expected: "a number not in use",
        found: "an open stream",
      });
    }
    if (id === 0)
      throw new ProtocolError("PROTOCOL_STREAM", { subject: "stream 0", expected: "a number above 0" });
    if (this.streams.size + this.opening.size >= WIRE_LIMITS.maxStreamsPerConnection) {
      throw new ProtocolError("PROTOCOL_LIMIT", {
        subject: "stream",
        expected: `at most ${WIRE_LIMITS.maxStreamsPerConnection} open at a time`,
        found: "one more",
        advice: "Close streams that are not in use.",
      });
    }
  }

  /** Sends what comes of work that takes its time, or its error. */
  private answerLater(about: Pick<WireError, "stream">, work: () => Promise<ServerMessage>): void {
    work().then(
      (message) => this.send(message),
      (error) => this.sendError(error, about),
    );
  }

  private sendError(error: unknown, about: Parameters<typeof errorToWire>[1] = {}): void {
    this.send({ error: errorToWire(error, about) });
  }

  /** Says why, and closes: after a break of the protocol nothing that follows can be trusted. */
  private refuse(error: unknown): void {
    this.sendError(error, { fatal: true });
    this.socket.close(CLOSE.policy, "protocol error");
    this.forget();
  }

  private forget(): void {
    clearTimeout(this.helloTimer);
    for (const stream of this.streams.values()) this.host.remove(stream);
    this.streams.clear();
    this.tellWhenIdle();
  }

  private tellWhenIdle(): void {
    const pending = [...this.streams.values()].some((stream) => stream.pending > 0);
    if (!pending) this.onIdle?.();
  }
}

/** Whether the map that is to be sent back fits a message. */
function checkReply({ width, height, sendDensity }: OpenStream): void {
  const bytes = 4 * width * height;
  if (!sendDensity || bytes <= WIRE_LIMITS.maxMessageBytes - 1024) return;
  throw new InputError("INPUT_SIZE", {
    subject: "frame",
    expected: `a density map of at most ${WIRE_LIMITS.maxMessageBytes} bytes`,
    found: `${bytes} bytes (${width} x ${height})`,
    advice: `Crop the stack, or count it with defcon-fiji predict, which takes ${LIMITS.maxFramePixels} pixels.`,
  });
}

function wireModel({ name, architecture, parameters, isDefault, description }: ModelSummary): WireModel {
  return { name, architecture, parameters, isDefault, description };
}

function unknownStream(stream: number): ProtocolError {
  return new ProtocolError("PROTOCOL_STREAM", {
    subject: `stream ${stream}`,
    expected: "an open stream",
    found: "none of that number",
  });
}

function protocolError(subject: string, expected: string, found: string): ProtocolError {
  return new ProtocolError("PROTOCOL_MESSAGE", { subject, expected, found });
}
