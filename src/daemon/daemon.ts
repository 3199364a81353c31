import { randomBytes, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type Server as HttpServer, type IncomingMessage } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { DaemonError, InputError, messageOf } from "../base/errors.js";
import { WIRE_LIMITS } from "../base/limits.js";
import { VERSION } from "../base/version.js";
import type { EngineName } from "../engine/engine.js";
import { ModelLibrary } from "../library/model-library.js";
import { Predictor } from "../predict/predictor.js";
import { PROTOCOL_VERSION } from "../protocol/codec.js";
import {
  addressOf,
  pageAddressOf,
  removeDiscovery,
  writeDiscovery,
  writeLauncher,
} from "../protocol/discovery.js";
import { isLoopback, refusalOf } from "./admission.js";
import { Counting } from "./counting/counting.js";
import { Dispatcher } from "./counting/dispatcher.js";
import { secondOf } from "./counting/seconds-ring.js";
import { type DaemonEvent, EventLog } from "./daemon-event.js";
import { ModelList } from "./model-list.js";
import { refuseSecond } from "./second-daemon.js";
import { Session, type SessionHost } from "./session.js";
import { PageAccess } from "./status/page-access.js";
import { pageKey } from "./status/page-key.js";
import type { StatusSource } from "./status/status-reader.js";
import { StatusServer, sendText } from "./status/status-server.js";
import { StatusWatchers } from "./status/status-watchers.js";
import { Trainings } from "./training/trainings.js";

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

export type { DaemonEvent } from "./daemon-event.js";

/** Serves counts to clients over WebSocket, trains for them, and shows what goes on. Made by {@link startDaemon}. */
export class Daemon {
  private readonly token = randomBytes(24).toString("base64url");
  private readonly sessions = new Set<Session>();
  private readonly counting: Counting;
  private readonly trainings: Trainings;
  private readonly sockets: WebSocketServer;
  private readonly host: SessionHost;
  private readonly log = new EventLog();
  private readonly models: ModelList;
  private readonly pages: StatusWatchers;
  private readonly status: StatusServer;
  private readonly started = secondOf();
  /** Known as long as this is: a server that was closed does not tell it any more. */
  readonly port: number;
  private nextSession = 1;
  private idleTimer: NodeJS.Timeout | undefined;
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly options: DaemonOptions,
    private readonly predictor: Predictor,
    private readonly http: HttpServer,
    /** SHA-256 of the certificate, with TLS. */
    private readonly certificate: string | undefined,
    key: Buffer,
  ) {
    this.port = (http.address() as AddressInfo).port;
    const local = isLoopback(options.host);
    this.trainings = new Trainings({
      local,
      offered: options.models,
      onChange: ({ id, kind, state, name, output }) => {
        this.tell({ event: "training", kind, state, training: id, name, output });
        this.watchIdle();
      },
    });
    // Those that streams can be counted with.
    const models = async () => (await predictor.models()).filter(({ framesSeen }) => framesSeen === 1);
    this.models = new ModelList(models);
    this.pages = new StatusWatchers(() => void this.models.refresh().catch(() => undefined));
    this.counting = new Counting(new Dispatcher(predictor), predictor, this.pages);
    this.status = new StatusServer({
      source: this.statusSource(),
      access: new PageAccess(this.token, key),
      refreshModels: () => this.models.refresh(),
      watchers: this.pages,
    });
    this.host = {
      counting: this.counting,
      token: this.token,
      engine: predictor.engine,
      device: predictor.device,
      local,
      trainings: this.trainings,
      library: new ModelLibrary(options.models),
      models,
      load: (model) => predictor.load(model),
      stop: (reason) => void this.stop(reason),
      welcomed: (session) => this.tellOf("connected", session),
    };
    this.sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: WIRE_LIMITS.maxMessageBytes,
    });
    this.route();
  }

  /** What to connect to. */
  get address(): string {
    return addressOf(this.place);
  }

  /** Where a browser finds the status page. */
  get page(): string {
    return pageAddressOf(this.place);
  }

  private get place(): { tls: boolean; host: string; port: number } {
    return { tls: this.options.tls !== undefined, host: this.options.host, port: this.port };
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
    await this.models.refresh();
    const models = this.models.current.map(({ name }) => name);
    this.tell({ event: "ready", address: this.address, page: this.page, engine, device, reason, models });
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
    this.tell({ event: "stopping", reason });
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
    this.pages.close();
    for (const socket of this.sockets.clients) socket.terminate();
    this.http.closeAllConnections();
    await this.predictor.close();
  }

  private route(): void {
    this.http.on("request", (request, response) => {
      const refusal = refusalOf(request, this.bound());
      if (refusal) sendText(response, 403, refusal);
      else this.status.handle(request, response);
    });
    this.http.on("upgrade", (request, socket, head) => {
      const refusal = isRoot(request) ? refusalOf(request, this.bound()) : "There is nothing at this path.";
      if (refusal) return refuseUpgrade(socket, "403 Forbidden", refusal);
      if (this.stopped) return refuseUpgrade(socket, "503 Service Unavailable", "The daemon is stopping.");
      if (this.sessions.size >= WIRE_LIMITS.maxConnections)
        return refuseUpgrade(socket, "503 Service Unavailable", "Too many connections.");
      this.sockets.handleUpgrade(request, socket, head, (webSocket) => this.admit(webSocket, socket));
    });
  }

  private admit(webSocket: WebSocket, socket: Duplex): void {
    const session = new Session(this.nextSession++, webSocket, this.host);
    this.sessions.add(session);
    this.watchIdle();
    limitUntilHello(socket, session);
    webSocket.on("close", () => {
      this.sessions.delete(session);
      if (session.welcomed) this.tellOf("disconnected", session);
      this.watchIdle();
    });
  }

  private bound(): { host: string; port: number } {
    return { host: this.options.host, port: this.port };
  }

  private statusSource(): StatusSource {
    const daemon = this;
    const { predictor, counting, trainings, log, started } = this;
    const { register: streams, throughput, dispatcher } = counting;
    const { engine, device, reason } = predictor;
    return {
      engine,
      device,
      reason,
      started,
      streams,
      throughput,
      trainings,
      log,
      get address() {
        return daemon.address;
      },
      get isStopping() {
        return daemon.stopped !== undefined;
      },
      get models() {
        return daemon.models.current;
      },
      get connections() {
        return [...daemon.sessions]
          .filter(({ welcomed }) => welcomed)
          .map(({ id, client, since }) => ({ id, client, since }));
      },
      get workedMs() {
        return dispatcher.workedMs;
      },
    };
  }

  private tellOf(event: "connected" | "disconnected", session: Session): void {
    this.tell({ event, client: session.client, connections: this.sessions.size });
  }

  private tell(event: DaemonEvent): void {
    this.log.add(event);
    this.options.onEvent?.(event);
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
    const daemon = new Daemon(options, predictor, http, certificate, await pageKey());
    await daemon.publish();
    return daemon;
  } catch (error) {
    http.close();
    http.closeAllConnections();
    await predictor?.close();
    throw error;
  }
}

function isRoot({ url }: IncomingMessage): boolean {
  return url?.split("?")[0] === "/";
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
