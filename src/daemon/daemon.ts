import { randomBytes, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type Server as HttpServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { DaemonError, InputError, messageOf } from "../base/errors.js";
import { WIRE_LIMITS } from "../base/limits.js";
import { VERSION } from "../base/version.js";
import type { EngineName } from "../engine/engine.js";
import { Predictor } from "../predict/predictor.js";
import { PROTOCOL_VERSION } from "../protocol/codec.js";
import { addressOf, removeDiscovery, writeDiscovery, writeLauncher } from "../protocol/discovery.js";
import type { TrainingState } from "../protocol/training-codec.js";
import { isLoopback, refusalOf } from "./admission.js";
import { Dispatcher } from "./dispatcher.js";
import { refuseSecond } from "./second-daemon.js";
import { Session, type SessionHost } from "./session.js";
import { Trainings } from "./trainings.js";

export interface DaemonOptions {
  /** Address to listen on; any but loopback needs `tls`. */
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Paths of a certificate and its key, PEM. */
  tls?: { cert: string; key: string };
  /** Paths of model files to offer by name besides the installed ones; the first becomes the default. */
  models: readonly string[];
  /** What counts; ONNX Runtime where left out. */
  engine?: EngineName | undefined;
  /** Stops after so many ms without a connection and a training. */
  idleExitMs?: number;
  /** Told of what happens, for a log. */
  onEvent?: (event: DaemonEvent) => void;
}

export type DaemonEvent =
  | { event: "ready"; address: string; engine: string; device: string; reason: string; models: string[] }
  | { event: "connected" | "disconnected"; client: string; connections: number }
  | { event: "training"; state: TrainingState; training: number; name: string; output: string }
  | { event: "stopping"; reason: string };

/** Serves counts to clients over WebSocket, and trains for them. Made by {@link startDaemon}. */
export class Daemon {
  private readonly token = randomBytes(24).toString("base64url");
  private readonly sessions = new Set<Session>();
  private readonly dispatcher: Dispatcher;
  private readonly trainings: Trainings;
  private readonly sockets: WebSocketServer;
  private readonly host: SessionHost;
  private idleTimer: NodeJS.Timeout | undefined;
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly options: DaemonOptions,
    private readonly predictor: Predictor,
    private readonly http: HttpServer,
    /** SHA-256 of the certificate, with TLS. */
    private readonly certificate: string | undefined,
  ) {
    this.dispatcher = new Dispatcher(predictor);
    const local = isLoopback(options.host);
    this.trainings = new Trainings({
      local,
      onChange: ({ id, state, name, output }) => {
        this.options.onEvent?.({ event: "training", state, training: id, name, output });
        this.watchIdle();
      },
    });
    this.host = {
      token: this.token,
      engine: predictor.engine,
      device: predictor.device,
      local,
      trainings: this.trainings,
      // Those that streams can be counted with.
      models: async () => (await predictor.models()).filter(({ framesSeen }) => framesSeen === 1),
      load: (model) => predictor.load(model),
      notify: (source) => this.dispatcher.notify(source),
      remove: (source) => this.dispatcher.remove(source),
      giveBack: (buffer) => predictor.giveBack(buffer),
      welcomed: (session) => this.tell("connected", session),
    };
    this.sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: WIRE_LIMITS.maxMessageBytes,
    });
    this.route();
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  /** What to connect to. */
  get address(): string {
    return addressOf({ tls: this.options.tls !== undefined, host: this.options.host, port: this.port });
  }

  /** Lets clients find this daemon. @throws InputError OUTPUT_WRITE */
  async publish(): Promise<void> {
    await writeLauncher();
    await writeDiscovery({
      protocol: PROTOCOL_VERSION,
      version: VERSION,
      pid: process.pid,
      host: this.options.host,
      port: this.port,
      token: this.token,
      tls: this.options.tls !== undefined,
      ...(this.certificate && { certificate: this.certificate }),
      started: new Date().toISOString(),
    });
    const { engine, device, reason } = this.predictor;
    const models = (await this.host.models()).map(({ name }) => name);
    this.options.onEvent?.({ event: "ready", address: this.address, engine, device, reason, models });
    // Only now: a slow start is no idleness.
    this.watchIdle();
  }

  /** Takes no new work, answers every frame received so far, ends a training with a checkpoint, then closes. Calls after the first wait for the same end. */
  stop(reason: string): Promise<void> {
    this.stopped ??= this.shutDown(reason);
    return this.stopped;
  }

  /** Lets go of frames under way, all but the engine's one call: a process that exits within that aborts. */
  abandon(): Promise<void> {
    return this.predictor.close();
  }

  private async shutDown(reason: string): Promise<void> {
    clearTimeout(this.idleTimer);
    this.options.onEvent?.({ event: "stopping", reason });
    const trained = this.trainings.stop();
    await removeDiscovery(this.token);
    this.http.close();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, WIRE_LIMITS.drainTimeoutMs);
    });
    const gone = [...this.sockets.clients].map(
      (socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())),
    );
    for (const session of this.sessions) void session.stop();
    await Promise.race([Promise.all([...gone, trained]), late]);
    clearTimeout(timer);
    for (const socket of this.sockets.clients) socket.terminate();
    this.http.closeAllConnections();
    await this.predictor.close();
  }

  private route(): void {
    this.http.on("request", (request, response) => {
      const refusal = refusalOf(request, this.bound());
      response.writeHead(refusal ? 404 : 426, {
        "content-type": "text/plain; charset=utf-8",
        upgrade: "websocket",
      });
      response.end(`${refusal ?? "This is the defcon-fiji daemon: it speaks WebSocket."}\n`);
    });
    this.http.on("upgrade", (request, socket, head) => {
      const refusal = refusalOf(request, this.bound());
      if (refusal) return refuseUpgrade(socket, "403 Forbidden", refusal);
      if (this.stopped) return refuseUpgrade(socket, "503 Service Unavailable", "The daemon is stopping.");
      if (this.sessions.size >= WIRE_LIMITS.maxConnections)
        return refuseUpgrade(socket, "503 Service Unavailable", "Too many connections.");
      this.sockets.handleUpgrade(request, socket, head, (webSocket) => this.admit(webSocket, socket));
    });
  }

  private admit(webSocket: WebSocket, socket: Duplex): void {
    const session = new Session(webSocket, this.host);
    this.sessions.add(session);
    this.watchIdle();
    limitUntilHello(socket, session);
    webSocket.on("close", () => {
      this.sessions.delete(session);
      if (session.welcomed) this.tell("disconnected", session);
      this.watchIdle();
    });
  }

  private bound(): { host: string; port: number } {
    return { host: this.options.host, port: this.port };
  }

  private tell(event: "connected" | "disconnected", session: Session): void {
    this.options.onEvent?.({ event, client: session.client, connections: this.sessions.size });
  }

  private watchIdle(): void {
    clearTimeout(this.idleTimer);
    const { idleExitMs } = this.options;
    const isBusy = this.sessions.size > 0 || this.trainings.isRunning;
    if (idleExitMs === undefined || isBusy || this.stopped) return;
    this.idleTimer = setTimeout(() => void this.stop("no connection for a while"), idleExitMs);
  }
}

/**
 * Starts to listen, loads the engine and lets clients find it.
 * @throws DaemonError DAEMON_RUNNING, DAEMON_START; EngineError ENGINE_UNAVAILABLE; InputError INPUT_OPTION, MODEL_NOT_FOUND; ModelFormatError
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  if (!isLoopback(options.host) && !options.tls) {
    throw new InputError("INPUT_OPTION", {
      subject: `--host ${options.host}`,
      expected: "--tls-cert and --tls-key with an address that other machines reach",
      found: "neither",
      advice: "Give a certificate and its key, or leave --host out to serve this machine alone.",
    });
  }
  await refuseSecond();
  const { http, certificate } = await createHttpServer(options);
  await listen(http, options);
  let predictor: Predictor | undefined;
  try {
    predictor = await Predictor.start({ models: options.models, engine: options.engine });
    for (const path of options.models) await predictor.load(path);
    const daemon = new Daemon(options, predictor, http, certificate);
    await daemon.publish();
    return daemon;
  } catch (error) {
    http.close();
    http.closeAllConnections();
    await predictor?.close();
    throw error;
  }
}

/** Answers a request that does not become a WebSocket. */
function refuseUpgrade(socket: Duplex, status: string, reason: string): void {
  // A client that hangs up first is no trouble of ours.
  socket.on("error", () => undefined);
  socket.once("finish", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${reason}\n`,
  );
}

/** Ends a connection that sends more than a hello takes before it is let in: ws would gather a whole message of any client in memory. */
function limitUntilHello(socket: Duplex, session: Session): void {
  let bytes = 0;
  const watch = (chunk: Buffer) => {
    bytes += chunk.length;
    if (session.welcomed) socket.off("data", watch);
    else if (bytes > WIRE_LIMITS.maxHelloBytes) session.refuseLongHello();
  };
  socket.on("data", watch);
}

async function createHttpServer({ tls }: DaemonOptions): Promise<{ http: HttpServer; certificate?: string }> {
  if (!tls) return { http: createServer() };
  try {
    const [cert, key] = [await readFile(tls.cert), await readFile(tls.key)];
    return { http: createTlsServer({ cert, key }), certificate: new X509Certificate(cert).fingerprint256 };
  } catch (cause) {
    throw new DaemonError("DAEMON_START", {
      subject: `${tls.cert} and ${tls.key}`,
      expected: "a certificate and its key in PEM form",
      found: messageOf(cause),
      cause,
    });
  }
}

function listen(http: HttpServer, { host, port }: DaemonOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once("listening", resolve);
    http.once("error", (cause) =>
      reject(
        new DaemonError("DAEMON_START", {
          subject: `${host}:${port}`,
          expected: "an address to listen on",
          found: messageOf(cause),
          advice: "Choose another --port, or 0 for any that is free.",
          cause,
        }),
      ),
    );
    http.listen(port, host);
  });
}
