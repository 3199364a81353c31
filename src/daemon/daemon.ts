import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type Server as HttpServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { DaemonError, InputError, messageOf } from "../base/errors.js";
import { WIRE_LIMITS } from "../base/limits.js";
import { VERSION } from "../base/version.js";
import { Predictor } from "../predict/predictor.js";
import { DaemonClient } from "../protocol/client.js";
import { PROTOCOL_VERSION } from "../protocol/codec.js";
import {
  addressOf,
  readDiscovery,
  removeDiscovery,
  writeDiscovery,
  writeLauncher,
} from "../protocol/discovery.js";
import { isLoopback, refusalOf } from "./admission.js";
import { Dispatcher } from "./dispatcher.js";
import { Session, type SessionHost } from "./session.js";

export interface DaemonOptions {
  /** Address to listen on; any but loopback needs `tls`. */
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Paths of a certificate and its key, PEM. */
  tls?: { cert: string; key: string };
  /** Paths of model files to offer by name besides the installed ones; the first becomes the default. */
  models: readonly string[];
  /** Stops after so many ms without a connection. */
  idleExitMs?: number;
  /** Told of what happens, for a log. */
  onEvent?: (event: DaemonEvent) => void;
}

export type DaemonEvent =
  | { event: "ready"; address: string; engine: string; device: string; models: string[] }
  | { event: "connected" | "disconnected"; client: string; connections: number }
  | { event: "stopping"; reason: string };

/** Serves counts to clients over WebSocket. Made by {@link startDaemon}. */
export class Daemon {
  private readonly token = randomBytes(24).toString("base64url");
  private readonly sessions = new Set<Session>();
  private readonly dispatcher: Dispatcher;
  private readonly sockets: WebSocketServer;
  private readonly host: SessionHost;
  private idleTimer: NodeJS.Timeout | undefined;
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly options: DaemonOptions,
    private readonly predictor: Predictor,
    private readonly http: HttpServer,
  ) {
    this.dispatcher = new Dispatcher(predictor);
    this.host = {
      token: this.token,
      engine: predictor.engine,
      device: predictor.device,
      local: isLoopback(options.host),
      models: () => predictor.models(),
      load: (model) => predictor.load(model),
      notify: (source) => this.dispatcher.notify(source),
      remove: (source) => this.dispatcher.remove(source),
      welcomed: (session) => this.tell("connected", session),
    };
    this.sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: WIRE_LIMITS.maxMessageBytes,
    });
    this.route();
    this.watchIdle();
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
      started: new Date().toISOString(),
    });
    const { engine, device } = this.predictor;
    const models = (await this.predictor.models()).map(({ name }) => name);
    this.options.onEvent?.({ event: "ready", address: this.address, engine, device, models });
  }

  /** Takes no new work, answers every frame received so far, then closes. Calls after the first wait for the same end. */
  stop(reason: string): Promise<void> {
    this.stopped ??= this.shutDown(reason);
    return this.stopped;
  }

  private async shutDown(reason: string): Promise<void> {
    clearTimeout(this.idleTimer);
    this.options.onEvent?.({ event: "stopping", reason });
    await removeDiscovery(this.token);
    this.http.close();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, WIRE_LIMITS.drainTimeoutMs);
    });
    const closed = Promise.all([...this.sessions].map((session) => session.stop()));
    await Promise.race([closed, late]);
    clearTimeout(timer);
    await this.socketsClosed();
    await this.predictor.close();
  }

  /** Waits a moment for clients to take their last answers. */
  private async socketsClosed(): Promise<void> {
    const patience = Date.now() + 2_000;
    while (this.sockets.clients.size > 0 && Date.now() < patience) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (const socket of this.sockets.clients) socket.terminate();
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
      if (refusal || this.stopped) {
        socket.end(
          `HTTP/1.1 ${refusal ? "403 Forbidden" : "503 Service Unavailable"}\r\nConnection: close\r\n\r\n${refusal ?? ""}`,
        );
        return;
      }
      if (this.sessions.size >= WIRE_LIMITS.maxConnections) {
        socket.end("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\nToo many connections.");
        return;
      }
      this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
        const session = new Session(webSocket, this.host);
        this.sessions.add(session);
        this.watchIdle();
        webSocket.on("close", () => {
          this.sessions.delete(session);
          if (session.client) this.tell("disconnected", session);
          this.watchIdle();
        });
      });
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
    if (idleExitMs === undefined || this.sessions.size > 0 || this.stopped) return;
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
  const http = await createHttpServer(options);
  await listen(http, options);
  const predictor = await Predictor.start({ models: options.models });
  try {
    for (const path of options.models) await predictor.load(path);
    const daemon = new Daemon(options, predictor, http);
    await daemon.publish();
    return daemon;
  } catch (error) {
    http.close();
    await predictor.close();
    throw error;
  }
}

/** A file that a killed daemon left behind names nothing that answers, and is written over. */
async function refuseSecond(): Promise<void> {
  const other = await readDiscovery().catch(() => undefined);
  if (!other) return;
  const client = await DaemonClient.connect({
    url: addressOf(other),
    token: other.token,
    name: "another daemon",
  }).catch(() => undefined);
  if (!client) return;
  await client.close();
  throw new DaemonError("DAEMON_RUNNING", {
    subject: `a daemon of version ${other.version} already serves on port ${other.port} (process ${other.pid})`,
    advice: "Use that one, or stop it first.",
  });
}

async function createHttpServer({ tls }: DaemonOptions): Promise<HttpServer> {
  if (!tls) return createServer();
  try {
    return createTlsServer({ cert: await readFile(tls.cert), key: await readFile(tls.key) });
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
