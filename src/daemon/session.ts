import type { RawData, WebSocket } from "ws";
import { InputError, ModelFormatError, ProtocolError } from "../base/errors.js";
import { WIRE_LIMITS } from "../base/limits.js";
import { VERSION } from "../base/version.js";
import type { ModelLibrary } from "../library/model-library.js";
import type { ModelSummary } from "../predict/prediction.js";
import { unlikePixels } from "../predict/unlike-pixels.js";
import {
  decodeClientMessage,
  encodeServerMessage,
  errorToWire,
  type OpenStream,
  PROTOCOL_VERSION,
  type ReceivedClientMessage,
  type ServerMessage,
  type WireError,
} from "../protocol/codec.js";
import { checkHello } from "./admission.js";
import type { Counting } from "./counting/counting.js";
import { secondOf } from "./counting/seconds-ring.js";
import { ServerStream, type StreamHost, stoppingError } from "./counting/stream.js";
import { checkStreamRequest } from "./counting/stream-request.js";
import { answerModelRequest, modelRequest, remoteError, wireModel, wireModels } from "./session-models.js";
import { isAboutTrainings, SessionTrainings, type TrainingHost } from "./training/session-trainings.js";
import type { Trainings } from "./training/trainings.js";

/** What a session needs of the daemon. */
export interface SessionHost {
  readonly token: string;
  readonly engine: string;
  readonly device: string;
  /** Whether clients are on this machine and may name model files by path. */
  readonly local: boolean;
  readonly trainings: Trainings;
  readonly library: ModelLibrary;
  models(): Promise<ModelSummary[]>;
  load(model: string): Promise<ModelSummary>;
  readonly counting: Counting;
  /** Ends the daemon as a signal does. */
  stop(reason: string): void;
  /** Tells of the client's name once it is let in. */
  welcomed(session: Session): void;
}

/** WebSocket close codes (RFC 6455, 7.4.1). */
const CLOSE = { goingAway: 1001, policy: 1008 } as const;

/** One client's connection: hello, then its streams and the trainings it watches. What a client does not read is bounded: nothing more is read from it meanwhile. */
export class Session implements StreamHost, TrainingHost {
  /** What the client calls itself. */
  client = "";
  /** When it began, seconds since 1970. */
  readonly since = secondOf();
  private readonly streams = new Map<number, ServerStream>();
  private readonly trainings: SessionTrainings;
  /** Requests that take their time are answered one after the other, in order: the end of the last one. */
  private requests: Promise<void> = Promise.resolve();
  private waitingRequests = 0;
  private readonly helloTimer: NodeJS.Timeout;
  private stopping = false;
  /** Whether the client broke the protocol: nothing it says after that counts. */
  private refused = false;
  private onIdle: (() => void) | undefined;

  constructor(
    /** Its number in the daemon. */
    readonly id: number,
    private readonly socket: WebSocket,
    private readonly host: SessionHost,
  ) {
    this.trainings = new SessionTrainings(host.trainings, this);
    this.helloTimer = setTimeout(() => {
      this.refuse(protocolError("connection", "a hello", `none within ${WIRE_LIMITS.helloTimeoutMs} ms`));
    }, WIRE_LIMITS.helloTimeoutMs);
    socket.on("message", (data, isBinary) => this.receive(data, isBinary));
    socket.on("close", () => this.forget());
    // A close event follows every error, and tells the rest.
    socket.on("error", () => undefined);
  }

  /** Whether the client was let in. */
  get welcomed(): boolean {
    return this.client !== "";
  }

  /** @param onWritten called when the message has left this process; never, where the connection ends before */
  send(message: ServerMessage, onWritten?: () => void): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.socket.send(encodeServerMessage(message), (error) => {
      this.regulate();
      if (!error) onWritten?.();
    });
    this.regulate();
  }

  answered(): void {
    if (this.onIdle) this.tellWhenIdle();
  }

  told(): void {
    this.tellWhenIdle();
  }

  closed(stream: ServerStream): void {
    this.streams.delete(stream.id);
    this.host.counting.remove(stream);
    this.tellWhenIdle();
  }

  /** Takes no new work, answers what the client sent before it heard of it, tells the end of trainings, and then closes. */
  async stop(): Promise<void> {
    if (!this.welcomed) return this.socket.terminate();
    this.send({ goodbye: { reason: "The daemon is stopping." } });
    await this.heard();
    this.stopping = true;
    await new Promise<void>((resolve) => {
      this.onIdle = resolve;
      this.tellWhenIdle();
    });
    this.socket.close(CLOSE.goingAway, "the daemon is stopping");
  }

  /** Reads from the client only while it reads its answers and has few requests waiting, so that it cannot fill the daemon's memory. */
  private regulate(): void {
    const unread = this.socket.bufferedAmount > WIRE_LIMITS.maxUnsentBytes;
    if (unread || this.waitingRequests > WIRE_LIMITS.maxWaitingRequests) this.socket.pause();
    else if (this.socket.isPaused) this.socket.resume();
  }

  /** Waits until the client has read all that was sent: its pong comes after the frames that were on their way. */
  private heard(): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.readyState !== this.socket.OPEN) return resolve();
      this.socket.once("pong", () => resolve());
      this.socket.once("close", () => resolve());
      this.socket.ping();
    });
  }

  /** For a client that says too much before it is let in. */
  refuseLongHello(): void {
    this.refuse(protocolError("first message", `at most ${WIRE_LIMITS.maxHelloBytes} bytes`, "more"));
    this.socket.terminate();
  }

  private receive(data: RawData, isBinary: boolean): void {
    if (this.refused) return;
    try {
      if (!isBinary) throw protocolError("message", "a binary message", "a text message");
      const message = decodeClientMessage(data as Buffer);
      if (message.hello) this.welcome(message.hello);
      else if (!this.welcomed) throw protocolError("first message", "a hello", message.message);
      else this.handle(message);
    } catch (error) {
      this.refuse(error);
    }
  }

  private welcome(hello: NonNullable<ReceivedClientMessage["hello"]>): void {
    if (this.welcomed) throw protocolError("message", "one hello", "a second one");
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
        models: await wireModels(this.host),
      },
    }));
  }

  private handle(message: ReceivedClientMessage): void {
    const { openStream, frame, closeStream, listModels, stopDaemon } = message;
    const aboutModels = modelRequest(message);
    if (openStream) {
      this.answerLater({ stream: openStream.stream }, () => this.open(openStream));
    } else if (frame) {
      this.openedStream(frame.stream)?.receive(frame, this.stopping ? stoppingError() : undefined);
    } else if (closeStream) {
      this.openedStream(closeStream.stream)?.close(closeStream.discard);
    } else if (listModels) {
      this.answerLater({}, async () => ({
        modelList: { models: await wireModels(this.host) },
      }));
    } else if (aboutModels) {
      this.answerLater({ request: aboutModels.request }, () => answerModelRequest(aboutModels, this.host));
    } else if (stopDaemon) {
      if (this.host.local) this.host.stop(`asked to by ${this.client}`);
      else this.sendError(remoteError("stopping the daemon"));
    } else if (isAboutTrainings(message)) {
      this.trainings.handle(message);
    } else {
      throw protocolError(message.message, "a message that a daemon answers", "one that it does not know");
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
    const pixelType = checkStreamRequest(request);
    const { model: name, latestOnly } = request;
    const model = await this.load(name);
    const pool = request.pool || model.pool;
    const { sendDensity: density, sendMaxLocalCount: maxLocalCount } = request;
    const wanted = { density, maxLocalCount, pool, certainty: true };
    const unlike = unlikePixels(model, request.pixelSize);
    const counting = name || model.name;
    const stream = new ServerStream(
      { id, model: counting, width, height, pixelType, wanted, latestOnly, unlike },
      this.host.counting,
      this,
    );
    this.streams.set(id, stream);
    // One that was opened for a client that has gone meanwhile would never end.
    if (this.socket.readyState === this.socket.OPEN) {
      const owner = { connection: this.id, client: this.client, model: model.name };
      this.host.counting.register.add(stream, owner);
    }
    return {
      streamOpened: { stream: id, model: wireModel(model, this.host.local), credits: stream.credits, pool },
    };
  }

  private async load(name: string): Promise<ModelSummary> {
    const byName =
      this.host.local || name === "" || (await this.host.models()).some((model) => model.name === name);
    if (byName) return countsFrameByFrame(await this.host.load(name));
    throw new InputError("MODEL_NOT_FOUND", {
      subject: `model ${name}`,
      expected: "the name of one of the daemon's models",
      advice: "A daemon on another machine takes no paths.",
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

  /** Sends what comes of work that takes its time, or its error. */
  private answerLater(
    about: Pick<WireError, "stream" | "request">,
    work: () => Promise<ServerMessage>,
  ): void {
    this.waitingRequests++;
    this.regulate();
    this.requests = this.requests.then(async () => {
      try {
        if (this.socket.readyState === this.socket.OPEN) this.send(await work());
      } catch (error) {
        this.sendError(error, about);
      }
      this.waitingRequests--;
      this.regulate();
    });
  }

  private sendError(error: unknown, about: Parameters<typeof errorToWire>[1] = {}): void {
    this.send({ error: errorToWire(error, about) });
  }

  /** Says why, and closes: after a break of the protocol nothing that follows can be trusted. */
  private refuse(error: unknown): void {
    this.refused = true;
    this.sendError(error, { fatal: true });
    this.socket.close(CLOSE.policy, "protocol error");
    this.forget();
  }

  private forget(): void {
    clearTimeout(this.helloTimer);
    for (const stream of this.streams.values()) this.host.counting.remove(stream);
    this.streams.clear();
    this.trainings.close();
    this.tellWhenIdle();
  }

  private tellWhenIdle(): void {
    const pending = [...this.streams.values()].some((stream) => stream.pending > 0);
    if (!pending && this.trainings.isIdle) this.onIdle?.();
  }
}

/** A stream's frames are answered one by one, as they come. @throws ModelFormatError MODEL_ARCHITECTURE for a model that must see the next frame first */
function countsFrameByFrame(model: ModelSummary): ModelSummary {
  if (model.framesSeen === 1) return model;
  throw new ModelFormatError("MODEL_ARCHITECTURE", {
    subject: `model ${model.name}`,
    expected: "a model that counts each frame by itself, as streams are counted",
    found: `${model.architecture}, which sees ${model.framesSeen} frames at a time`,
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

function protocolError(subject: string, expected: string, found: string): ProtocolError {
  return new ProtocolError("PROTOCOL_MESSAGE", { subject, expected, found });
}
