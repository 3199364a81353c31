import { randomBytes } from "node:crypto";
import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { InputError } from "../base/errors.js";
import { WIRE_LIMITS } from "../base/limits.js";
import { isLoopback } from "../base/loopback.js";
import { VERSION } from "../base/version.js";
import type { LocalEngineChoice } from "../engine/engine.js";
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
import { refusalOf } from "./admission.js";
import { Counting } from "./counting/counting.js";
import { Dispatcher } from "./counting/dispatcher.js";
import { secondOf } from "./counting/seconds-ring.js";
import { type DaemonEvent, EventLog } from "./daemon-event.js";
import { type ListenOptions, type OpenServer, openServer, refuseUpgrade } from "./http-server.js";
import { IdleExit } from "./idle-exit.js";
import { ModelList } from "./model-list.js";
import type { OpenInferenceDoor } from "./open-inference/door.js";
import { type DoorAddress, textOfAddress } from "./open-inference/door-address.js";
import { readTokenFile } from "./open-inference/token-file.js";
import { RequestGate } from "./request-gate.js";
import { startAlone } from "./second-daemon.js";
import { Sessions } from "./sessions.js";
import { PageAccess } from "./status/page-access.js";
import { pageKey } from "./status/page-key.js";
import type { StatusSource } from "./status/status-reader.js";
import { StatusServer, sendText } from "./status/status-server.js";
import { StatusWatchers } from "./status/status-watchers.js";
import { Strangers } from "./strangers.js";
import { Trainings } from "./training/trainings.js";

export interface DaemonOptions extends ListenOptions, LocalEngineChoice {
  /**
   * Paths of model files to offer by name besides the installed ones.
   * The first becomes the default.
   */
  models: readonly string[];
  /** Stops after this time without a connection and without a training, ms. */
  idleExitMs?: number;
  /** A second door, for clients of the Open Inference Protocol; none where left out. */
  openInference?: {
    addresses: readonly DoorAddress[];
    /** Path of a file with a token that opens it besides the daemon's own. */
    tokenFile?: string;
  };
  /** Told of what happens, for a log. */
  onEvent?: (event: DaemonEvent) => void;
}

/**
 * Serves counts to clients over WebSocket, trains for them, and shows what goes on.
 * Made by {@link startDaemon}.
 */
export class Daemon {
  /** Kept here: a closed server no longer knows its port. */
  readonly port: number;
  private readonly token = randomBytes(24).toString("base64url");
  private readonly started = secondOf();
  private readonly log = new EventLog();
  private readonly http: HttpServer;
  private readonly strangers: Strangers;
  private readonly models: ModelList;
  private readonly trainings: Trainings;
  private readonly pages: StatusWatchers;
  private readonly counting: Counting;
  private readonly sessions: Sessions;
  private readonly status: StatusServer;
  private readonly idle: IdleExit;
  private readonly streamModels: Predictor["models"];
  private door: OpenInferenceDoor | undefined;
  private stopped: Promise<void> | undefined;

  /** @param key signs the status page's sessions */
  constructor(
    private readonly options: DaemonOptions,
    private readonly predictor: Predictor,
    private readonly server: OpenServer,
    key: Buffer,
  ) {
    this.http = server.http;
    this.strangers = new Strangers(server.http);
    this.port = (server.http.address() as AddressInfo).port;
    this.streamModels = async () => (await predictor.models()).filter(({ framesSeen }) => framesSeen === 1);
    this.models = new ModelList(this.streamModels);
    this.pages = new StatusWatchers(() => void this.models.refresh().catch(() => undefined));
    this.counting = new Counting(new Dispatcher(predictor), predictor, this.pages);
    this.trainings = this.createTrainings();
    this.sessions = this.createSessions();
    this.status = new StatusServer({
      source: this.statusSource(),
      access: new PageAccess(this.token, key),
      refreshModels: () => this.models.refresh(),
      watchers: this.pages,
      admit: (socket) => this.strangers.admit(socket),
    });
    const isUsed = () => this.sessions.count + (this.door?.list().length ?? 0) > 0;
    const isBusy = () => isUsed() || this.trainings.isRunning || this.stopped !== undefined;
    this.idle = new IdleExit(options.idleExitMs, isBusy, () => void this.stop("no connection for a while"));
    this.route();
  }

  /** The address that clients connect to. */
  get address(): string {
    return addressOf(this.place);
  }

  /** The address of the status page, for browsers. */
  get page(): string {
    return pageAddressOf(this.place);
  }

  private get place(): { tls: boolean; host: string; port: number } {
    return { tls: this.options.tls !== undefined, host: this.options.host, port: this.port };
  }

  /**
   * Lets clients find this daemon.
   * @throws InputError OUTPUT_WRITE
   */
  async publish(): Promise<void> {
    const { certificate } = this.server;
    await writeLauncher();
    await writeDiscovery({
      protocol: PROTOCOL_VERSION,
      version: VERSION,
      pid: process.pid,
      host: this.options.host,
      port: this.port,
      token: this.token,
      tls: this.options.tls !== undefined,
      ...(certificate && { certificate }),
      started: new Date().toISOString(),
    });
    const { engine, device, reason } = this.predictor;
    await this.models.refresh();
    const models = this.models.current.map(({ name }) => name);
    this.tell({ event: "ready", address: this.address, page: this.page, engine, device, reason, models });
    // Not before: a slow start is not idleness.
    this.idle.watch();
  }

  /**
   * Opens the second door, where there is to be one. Without one nothing of it is loaded.
   * @param ownToken the one in the user's file, which opens it besides the daemon's
   * @throws DaemonError DAEMON_START
   */
  async openDoor(ownToken: string | undefined): Promise<void> {
    const { openInference, tls } = this.options;
    if (!openInference) return;
    const { OpenInferenceDoor } = await import("./open-inference/door.js");
    const { predictor, counting, streamModels: models } = this;
    const { addresses } = openInference;
    const tokens = ownToken === undefined ? [this.token] : [this.token, ownToken];
    this.door = await OpenInferenceDoor.open(
      { addresses, tokens, ...(tls && { tls }) },
      {
        counting,
        models,
        load: (model) => predictor.load(model),
        nextId: () => this.sessions.nextId(),
        changed: () => this.idle.watch(),
      },
    );
    this.tell({ event: "open-inference", addresses: this.door.addresses });
  }

  /** Ends what {@link openDoor} began, at once. */
  closeDoor(): void {
    this.door?.terminate();
  }

  /**
   * Ends the daemon: no new work, an answer to every frame received so far, then the end.
   * A training ends with a checkpoint. Calls after the first wait for the same end.
   */
  stop(reason: string): Promise<void> {
    this.stopped ??= this.shutDown(reason);
    return this.stopped;
  }

  /**
   * Drops frames under way, except the engine's one call: a process that exits within it aborts.
   */
  abandon(): Promise<void> {
    return this.predictor.close();
  }

  private async shutDown(reason: string): Promise<void> {
    this.idle.cancel();
    this.tell({ event: "stopping", reason });
    const trained = this.trainings.stop();
    await removeDiscovery(this.token);
    this.http.close();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, WIRE_LIMITS.drainTimeoutMs);
    });
    await Promise.race([Promise.all([this.sessions.stop(), this.door?.stop(), trained]), late]);
    clearTimeout(timer);
    this.pages.close();
    this.sessions.terminate();
    this.door?.terminate();
    this.http.closeAllConnections();
    await this.predictor.close();
  }

  private createTrainings(): Trainings {
    return new Trainings({
      local: isLoopback(this.options.host),
      offered: this.options.models,
      onChange: ({ id, kind, state, name, output }) => {
        this.tell({ event: "training", kind, state, training: id, name, output });
        this.idle.watch();
      },
    });
  }

  private createSessions(): Sessions {
    const { token, predictor, counting, trainings, streamModels: models } = this;
    const host = {
      token,
      counting,
      trainings,
      models,
      engine: predictor.engine,
      device: predictor.device,
      local: isLoopback(this.options.host),
      library: new ModelLibrary(this.options.models),
      load: (model?: string) => predictor.load(model),
      stop: (reason: string) => void this.stop(reason),
    };
    return new Sessions(host, {
      told: (event, client, connections) => this.tell({ event, client, connections }),
      counted: () => this.idle.watch(),
      admitted: (socket) => this.strangers.admit(socket),
    });
  }

  private route(): void {
    const bound = { host: this.options.host, port: this.port };
    const gate = new RequestGate();
    this.http.on("request", (request, response) => {
      if (!gate.enter(request, response)) return;
      const refusal = refusalOf(request, bound);
      if (refusal) sendText(response, 403, refusal);
      else this.status.handle(request, response);
    });
    this.http.on("upgrade", (request, socket, head) => {
      const refusal = isRoot(request) ? refusalOf(request, bound) : "There is nothing at this path.";
      if (refusal) return refuseUpgrade(socket, "403 Forbidden", refusal);
      if (this.stopped) return refuseUpgrade(socket, "503 Service Unavailable", "The daemon is stopping.");
      this.sessions.accept(request, socket, head);
    });
  }

  private statusSource(): StatusSource {
    const daemon = this;
    const { predictor, counting, trainings, log, started } = this;
    const { engine, device, reason } = predictor;
    const { register: streams, throughput, dispatcher } = counting;
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
        return [...daemon.sessions.list(), ...(daemon.door?.list() ?? [])];
      },
      get workedMs() {
        return dispatcher.workedMs;
      },
    };
  }

  private tell(event: DaemonEvent): void {
    this.log.add(event);
    this.options.onEvent?.(event);
  }
}

/**
 * Listens, loads the engine and lets clients find the daemon.
 * @throws DaemonError DAEMON_RUNNING, DAEMON_START; EngineError ENGINE_UNAVAILABLE; InputError
 * INPUT_OPTION, MODEL_NOT_FOUND; ModelFormatError
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  checkReach(`--host ${options.host}`, options.host, options.tls);
  for (const address of options.openInference?.addresses ?? []) {
    checkReach(`--open-inference ${textOfAddress(address)}`, address.host, options.tls);
  }
  return startAlone(() => startServing(options));
}

/** Refuses to let other machines in without a certificate. */
function checkReach(subject: string, host: string, tls: DaemonOptions["tls"]): void {
  if (isLoopback(host) || tls) return;
  throw new InputError("INPUT_OPTION", {
    subject,
    expected: "--tls-cert and --tls-key with an address that other machines reach",
    found: "neither",
    advice: "Give a certificate and its key, or an address of this machine alone, such as 127.0.0.1.",
  });
}

async function startServing(options: DaemonOptions): Promise<Daemon> {
  const tokenFile = options.openInference?.tokenFile;
  const ownToken = tokenFile === undefined ? undefined : await readTokenFile(tokenFile);
  const server = await openServer(options);
  let predictor: Predictor | undefined;
  let daemon: Daemon | undefined;
  try {
    predictor = await Predictor.start({ ...options, largeApart: true });
    for (const path of options.models) (await predictor.load(path)).release();
    daemon = new Daemon(options, predictor, server, await pageKey());
    await daemon.openDoor(ownToken);
    await daemon.publish();
    return daemon;
  } catch (error) {
    daemon?.closeDoor();
    server.http.close();
    server.http.closeAllConnections();
    await predictor?.close();
    throw error;
  }
}

function isRoot({ url }: IncomingMessage): boolean {
  return url?.split("?")[0] === "/";
}
