import { WebSocket } from "ws";
import {
  checkArgument,
  checkOptions,
  listOf,
  NAMED_VALUES,
  numberArgument,
  PATH,
  type RulesOf,
  TEXT,
} from "../base/arguments.js";
import { type DefconError, messageOf, ProtocolError } from "../base/errors.js";
import { WIRE_LIMITS } from "../base/limits.js";
import { isLoopback } from "../base/loopback.js";
import { ABOVE_ZERO } from "../base/number-rule.js";
import { VERSION } from "../base/version.js";
import { ClientRequests } from "./client-requests.js";
import { daemonPlace, opened, openSocket, unreachable } from "./client-socket.js";
import type { ClientStream, StreamOptions } from "./client-stream.js";
import { ClientStreams } from "./client-streams.js";
import { type ClientTraining, ClientTrainings } from "./client-training.js";
import {
  type ClientMessage,
  decodeServerMessage,
  encodeClientMessage,
  errorFromWire,
  PROTOCOL_VERSION,
  type ReceivedServerMessage,
  type WireModel,
} from "./codec.js";
import { ExpectedAnswers } from "./expected-answers.js";
import type { TrainingRequest, TrainingSummary, TuningRequest } from "./training-codec.js";

export type { FrameAnswer, StreamOptions } from "./client-stream.js";
export type { FrameIdentity } from "./frame-identity.js";
export type {
  TrainingRequest,
  TrainingState,
  TrainingSummary,
  TuningRequest,
  WatchedEvent,
} from "./training-codec.js";
export type { ClientStream, ClientTraining };

/** Where a daemon is, and its token. Left out: the user's own daemon, by its discovery file. */
export interface ConnectOptions {
  url?: string | undefined;
  token?: string | undefined;
  /**
   * PEM of the certificates to trust for a wss url instead of the system's.
   * Give the daemon's own, or its authority's.
   */
  ca?: string | Buffer | undefined;
  /** Gives up after this time, ms. */
  timeoutMs?: number | undefined;
  /** Name and version for the daemon's log. */
  name?: string | undefined;
}

const CONNECT_RULES: RulesOf<ConnectOptions> = {
  url: {
    expected: "an address such as ws://127.0.0.1:40404/ or wss://…",
    holds: (value) => typeof value === "string" && URL.canParse(value) && /^(wss?|https?):/.test(value),
  },
  token: { expected: "a text", holds: (value) => typeof value === "string" },
  ca: {
    expected: "a text or a Buffer with certificates (PEM)",
    holds: (value) => typeof value === "string" || ArrayBuffer.isView(value),
  },
  timeoutMs: numberArgument(ABOVE_ZERO),
  name: TEXT,
};

/** A conversation with a daemon. */
export class DaemonClient {
  private readonly answers = new ExpectedAnswers();
  private readonly streams: ClientStreams;
  private readonly requests = new ClientRequests((message) => this.post(message));
  private readonly watched = new ClientTrainings(this.requests);
  private failure: Error | undefined;

  /** What the daemon says of itself. */
  engine = "";
  device = "";
  serverVersion = "";
  models: WireModel[] = [];

  private constructor(
    private readonly socket: WebSocket,
    url: string,
  ) {
    const isLocal = isLoopback(new URL(url).hostname.replace(/[[\]]/g, ""));
    this.streams = new ClientStreams((message) => this.post(message), this.answers, isLocal);
    socket.on("message", (data: Buffer) => this.receive(data));
    socket.on("error", (error) => this.lose(lost(messageOf(error))));
    socket.on("close", (code, reason) => this.lose(lost(`close code ${code} ${reason}`.trim())));
  }

  /**
   * Connects and says hello.
   * A daemon from the discovery file is known by its certificate, whoever signed it.
   * @throws DaemonError DAEMON_UNREACHABLE; ProtocolError PROTOCOL_TOKEN, PROTOCOL_VERSION,
   * CONNECTION_LOST; InputError INPUT_OPTION
   */
  static async connect(options: ConnectOptions = {}): Promise<DaemonClient> {
    checkOptions<ConnectOptions>(options, CONNECT_RULES);
    const place = await daemonPlace(options);
    const { timeoutMs = WIRE_LIMITS.connectTimeoutMs, name = `defcon-fiji ${VERSION}`, ca } = options;
    const socket = openSocket(place, ca);
    const client = new DaemonClient(socket, place.url);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const giveUp = () => reject(unreachable(place.url, `no answer within ${timeoutMs} ms`));
      timer = setTimeout(giveUp, timeoutMs);
    });
    try {
      const greeted = opened(socket, place).then(() => client.greet(place.token, name));
      await Promise.race([greeted, late]);
      return client;
    } catch (error) {
      socket.terminate();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  private async greet(token: string, name: string): Promise<void> {
    this.post({ hello: { protocolVersion: PROTOCOL_VERSION, token, client: name } });
    const { welcome, error } = await this.answers.next(
      ({ welcome, error }) => welcome != null || error != null,
    );
    if (error) throw errorFromWire(error);
    const { engine, device, serverVersion, models } = welcome!;
    Object.assign(this, { engine, device, serverVersion, models });
  }

  /**
   * Opens a stream.
   * @throws the daemon's refusal: InputError, ModelFormatError, ProtocolError …
   */
  openStream(options: StreamOptions): Promise<ClientStream> {
    return this.streams.open(options);
  }

  /** The daemon's models as they are now. */
  async listModels(): Promise<WireModel[]> {
    this.post({ listModels: {} });
    const { modelList, error } = await this.answers.next(
      ({ modelList, error }) => modelList != null || error?.stream === 0,
    );
    if (error) throw errorFromWire(error);
    return modelList!.models;
  }

  /**
   * Starts a training in the daemon. It goes on without this client.
   * @param resume continue from an interrupted training's checkpoint; without a checkpoint it
   * begins anew
   * @throws TrainingError TRAINING_CONFIG, TRAINING_RUNNING, TRAINING_REMOTE; DaemonError
   * DAEMON_STOPPING
   */
  async train(settings: TrainingRequest, { resume = false } = {}): Promise<ClientTraining> {
    checkArgument("settings", settings, NAMED_VALUES);
    return this.watched.start(settings, resume);
  }

  /**
   * Tunes a model in the daemon to a recording without ground truth.
   * The tuning goes on without this client. The model is installed under the name of the output
   * folder.
   * @throws TrainingError TRAINING_CONFIG, TRAINING_RUNNING, TRAINING_REMOTE; DaemonError
   * DAEMON_STOPPING
   */
  async tune(settings: TuningRequest): Promise<ClientTraining> {
    checkArgument("settings", settings, NAMED_VALUES);
    checkArgument("settings, stacks", settings.stacks, listOf(PATH, "paths"));
    return this.watched.startTuning(settings);
  }

  /** The daemon's trainings and tunings that run or ended lately, whoever started them. */
  trainings(): Promise<TrainingSummary[]> {
    return this.watched.list();
  }

  /**
   * Watches a training from its first event on, whoever started it.
   * @throws TrainingError TRAINING_UNKNOWN
   */
  watchTraining(id: number): Promise<ClientTraining> {
    return this.watched.watch(id);
  }

  /**
   * Adds a model to the user's.
   * @param path absolute, on the daemon's machine
   * @returns its name
   * @throws ModelFormatError, also MODEL_NAME; InputError INPUT_NOT_FOUND; DaemonError
   * DAEMON_REMOTE
   */
  installModel(path: string, { name = "", replace = false } = {}): Promise<string> {
    return this.requests.ask(
      (request) => ({ installModel: { request, path, name, replace } }),
      ({ modelReply }) => modelReply!.name,
    );
  }

  /**
   * Removes one of the user's models.
   * @throws ModelFormatError MODEL_NOT_FOUND, MODEL_FIXED; DaemonError DAEMON_REMOTE
   */
  removeModel(name: string): Promise<void> {
    return this.requests.ask(
      (request) => ({ removeModel: { request, name } }),
      () => undefined,
    );
  }

  /**
   * Chooses the model that counts when none is named.
   * @returns the models as they are now
   * @throws ModelFormatError MODEL_NOT_FOUND; DaemonError DAEMON_REMOTE
   */
  setDefaultModel(name: string): Promise<WireModel[]> {
    return this.requests.ask(
      (request) => ({ setDefaultModel: { request, name } }),
      ({ modelReply }) => modelReply!.models,
    );
  }

  /**
   * What people read about a model: Markdown, and a PNG that may be empty.
   * @throws ModelFormatError MODEL_NOT_FOUND
   */
  modelCard(name: string): Promise<{ card: string; picture: Uint8Array }> {
    return this.requests.ask(
      (request) => ({ getModelCard: { request, name } }),
      ({ modelCard }) => ({ card: modelCard!.card, picture: modelCard!.picture }),
    );
  }

  /**
   * Stops the daemon. This connection ends with it.
   * @throws DaemonError DAEMON_REMOTE
   */
  async stopDaemon(): Promise<void> {
    this.post({ stopDaemon: {} });
    const { error } = await this.answers.next(({ goodbye, error }) => goodbye != null || error?.stream === 0);
    if (error) throw errorFromWire(error);
  }

  /** Ends the conversation. Frames without an answer are given up; trainings go on. */
  async close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => this.socket.once("close", resolve));
    this.socket.close(1000);
    await closed;
  }

  private post(message: ClientMessage): void {
    if (this.failure) throw this.failure;
    this.socket.send(encodeClientMessage(message));
  }

  private receive(data: Buffer): void {
    let message: ReceivedServerMessage;
    try {
      message = decodeServerMessage(data);
    } catch (error) {
      this.lose(error as DefconError);
      this.socket.terminate();
      return;
    }
    if (message.error?.fatal) {
      this.lose(errorFromWire(message.error));
      return;
    }
    if (this.watched.receive(message) || this.requests.receive(message)) return;
    if (!this.answers.receive(message)) this.streams.receive(message);
  }

  private lose(error: Error): void {
    this.failure ??= error;
    this.answers.fail(this.failure);
    this.streams.fail(this.failure);
    this.requests.fail(this.failure);
    this.watched.fail(this.failure);
  }
}

function lost(found: string): ProtocolError {
  return new ProtocolError("CONNECTION_LOST", {
    subject: "the connection to the daemon",
    found,
    advice: "See whether the daemon still runs, then connect again.",
  });
}
