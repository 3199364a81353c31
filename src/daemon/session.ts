import type { WebSocket } from "ws";
import { ProtocolError } from "../base/errors.js";
import { WIRE_LIMITS } from "../base/limits.js";
import { plainText } from "../base/plain-text.js";
import { VERSION } from "../base/version.js";
import { decodeClientMessage, PROTOCOL_VERSION, type ReceivedClientMessage } from "../protocol/codec.js";
import { checkHello } from "./admission.js";
import { Connection } from "./connection.js";
import type { Counting } from "./counting/counting.js";
import { secondOf } from "./counting/seconds-ring.js";
import { SessionStreams, type StreamClient, type StreamModels } from "./counting/session-streams.js";
import {
  answerModelRequest,
  type ModelHost,
  modelRequest,
  remoteError,
  wireModels,
} from "./session-models.js";
import { isAboutTrainings, SessionTrainings } from "./training/session-trainings.js";
import type { Trainings } from "./training/trainings.js";

/** What a session needs of the daemon. */
export interface SessionHost extends StreamModels, ModelHost {
  readonly token: string;
  readonly engine: string;
  readonly device: string;
  readonly counting: Counting;
  readonly trainings: Trainings;
  /** Ends the daemon as a signal does. */
  stop(reason: string): void;
  /** Whether one more client can be let in. */
  hasRoom(): boolean;
  /** Called when a client is let in. */
  welcomed(session: Session): void;
}

/** One client's session: its hello, then its requests, its streams and the trainings it watches. */
export class Session implements StreamClient {
  /** What the client calls itself. */
  client = "";
  /** When it began, seconds since 1970. */
  readonly since = secondOf();
  readonly connection: Connection;
  private readonly streams: SessionStreams;
  private readonly trainings: SessionTrainings;
  private readonly helloTimer: NodeJS.Timeout;
  /** Whether the client broke the protocol: nothing it says after that counts. */
  private refused = false;
  private onIdle: (() => void) | undefined;

  constructor(
    /** Its number in the daemon. */
    readonly id: number,
    socket: WebSocket,
    private readonly host: SessionHost,
  ) {
    this.connection = new Connection(socket, (data, isBinary) => this.receive(data, isBinary));
    this.streams = new SessionStreams(this, host, host.counting);
    this.trainings = new SessionTrainings(host.trainings, {
      send: (message, onWritten) => this.connection.send(message, onWritten),
      told: () => this.settled(),
    });
    this.helloTimer = setTimeout(() => {
      this.refuse(protocolError("connection", "a hello", `none within ${WIRE_LIMITS.helloTimeoutMs} ms`));
    }, WIRE_LIMITS.helloTimeoutMs);
    socket.on("close", () => this.forget());
  }

  /** Whether the client was let in. */
  get welcomed(): boolean {
    return this.client !== "";
  }

  /** Checks whether a session that is to end has nothing left to do. */
  settled(): void {
    if (this.onIdle && this.streams.isIdle && this.trainings.isIdle) this.onIdle();
  }

  /**
   * Ends the session: no new work, then answers to all frames, then the connection's end.
   * Frames that the client sent before it heard of this are answered, and it is told the end of
   * each training that it watches.
   */
  async stop(): Promise<void> {
    if (!this.welcomed) return this.connection.terminate();
    this.connection.send({ goodbye: { reason: "The daemon is stopping." } });
    await this.connection.heard();
    this.streams.stop();
    await new Promise<void>((resolve) => {
      this.onIdle = resolve;
      this.settled();
    });
    this.connection.close();
  }

  /**
   * Most bytes that a message of the client may have: a hello, a request, or the largest frame of
   * the streams that it has opened so far.
   */
  get maxMessageBytes(): number {
    if (!this.welcomed) return WIRE_LIMITS.maxHelloBytes;
    return WIRE_LIMITS.maxRequestBytes + this.streams.largestFrame;
  }

  /** Ends the session of a client whose message is longer than it may be. */
  refuseLongMessage(): void {
    const subject = this.welcomed ? "message" : "first message";
    const expected = `at most ${this.maxMessageBytes} bytes`;
    this.refuse(new ProtocolError("PROTOCOL_LIMIT", { subject, expected, found: "more" }), true);
  }

  private receive(data: Buffer, isBinary: boolean): void {
    if (this.refused) return;
    try {
      if (!isBinary) throw protocolError("message", "a binary message", "a text message");
      const message = decodeClientMessage(data);
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
    if (!this.host.hasRoom()) throw tooManyClients();
    clearTimeout(this.helloTimer);
    this.client = plainText(hello.client, WIRE_LIMITS.maxClientName).trim() || "unnamed client";
    this.host.welcomed(this);
    this.connection.answerLater({}, async () => ({
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
    const { connection, streams, host } = this;
    const { openStream, frame, closeStream, listModels, stopDaemon } = message;
    const aboutModels = modelRequest(message);
    if (openStream) {
      connection.answerLater({ stream: openStream.stream }, () => streams.open(openStream));
    } else if (frame) {
      streams.receive(frame);
    } else if (closeStream) {
      streams.close(closeStream);
    } else if (listModels) {
      connection.answerLater({}, async () => ({ modelList: { models: await wireModels(host) } }));
    } else if (aboutModels) {
      connection.answerLater({ request: aboutModels.request }, () => answerModelRequest(aboutModels, host));
    } else if (stopDaemon) {
      if (host.local) host.stop(`asked to by ${this.client}`);
      else connection.sendError(remoteError("stopping the daemon"));
    } else if (isAboutTrainings(message)) {
      this.trainings.handle(message);
    } else {
      throw protocolError(message.message, "a message that a daemon answers", "one that it does not know");
    }
  }

  /** Says why and closes: after a break of the protocol nothing that follows can be trusted. */
  private refuse(error: unknown, deaf = false): void {
    if (this.refused) return;
    this.refused = true;
    this.connection.refuse(error, deaf);
    this.forget();
  }

  private forget(): void {
    clearTimeout(this.helloTimer);
    this.streams.forget();
    this.trainings.close();
    this.settled();
  }
}

function tooManyClients(): ProtocolError {
  return new ProtocolError("PROTOCOL_LIMIT", {
    subject: "connection",
    expected: `at most ${WIRE_LIMITS.maxConnections} clients at a time`,
    found: "one more",
    advice: "Close programs that count with this daemon and are not in use.",
  });
}

function protocolError(subject: string, expected: string, found: string): ProtocolError {
  return new ProtocolError("PROTOCOL_MESSAGE", { subject, expected, found });
}
