import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DaemonError } from "../base/errors.js";
import { packageRoot } from "../base/home.js";
import type { EngineName } from "../engine/engine.js";
import { DaemonClient } from "../protocol/client.js";

/** Minutes without a connection after which a daemon ends that a command has started. */
const IDLE_EXIT = { own: 1, shared: 10 } as const;

/** Which daemon is wanted. */
export interface DaemonWish {
  /** Model files to offer; the first is the default. */
  models?: readonly string[];
  engine?: EngineName | undefined;
}

/**
 * Works with a daemon of its own, apart from the user's.
 * @throws DaemonError DAEMON_START; what the work throws
 */
export async function withOwnDaemon<T>(
  wish: DaemonWish,
  work: (client: DaemonClient) => Promise<T>,
): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), "defcon-fiji-daemon-"));
  const before = process.env.DEFCON_FIJI_HOME;
  // Daemon and client meet in this folder.
  process.env.DEFCON_FIJI_HOME = home;
  try {
    const daemon = start(IDLE_EXIT.own, wish);
    try {
      await ready(daemon);
      const client = await DaemonClient.connect();
      try {
        return await work(client);
      } finally {
        await client.close();
      }
    } finally {
      await stop(daemon);
    }
  } finally {
    if (before === undefined) delete process.env.DEFCON_FIJI_HOME;
    else process.env.DEFCON_FIJI_HOME = before;
    await rm(home, { recursive: true, force: true });
  }
}

/**
 * Connects to the user's daemon, or starts one that outlives this program.
 * @throws DaemonError DAEMON_START; as DaemonClient.connect
 */
export async function connectOrStart(wish: DaemonWish): Promise<DaemonClient> {
  try {
    return await DaemonClient.connect();
  } catch (error) {
    if (!(error instanceof DaemonError && error.code === "DAEMON_UNREACHABLE")) throw error;
  }
  const daemon = start(IDLE_EXIT.shared, wish, true);
  await ready(daemon);
  daemon.stdout!.destroy();
  daemon.unref();
  return DaemonClient.connect();
}

function start(idleExit: number, { models = [], engine }: DaemonWish, outlives = false): ChildProcess {
  const program = join(packageRoot, "bin", "defcon-fiji.js");
  const offered = models.length === 0 ? [] : ["--model", ...models];
  const engines = engine === undefined ? [] : ["--engine", engine];
  const args = [program, "serve", "--json", "--idle-exit", `${idleExit}`, ...offered, ...engines];
  return spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", outlives ? "ignore" : "inherit"],
    detached: outlives,
  });
}

/** Waits for the daemon's "ready" line. @throws DaemonError DAEMON_START */
async function ready(daemon: ChildProcess): Promise<void> {
  for await (const line of createInterface({ input: daemon.stdout! })) {
    if ((JSON.parse(line) as { event: string }).event === "ready") {
      daemon.stdout!.resume();
      return;
    }
  }
  throw new DaemonError("DAEMON_START", {
    subject: "the daemon that this command has started",
    expected: "a daemon that serves",
    found: "one that ended at once",
    advice: "To see its own message, run: defcon-fiji serve",
  });
}

async function stop(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const ended = once(daemon, "exit");
  daemon.kill("SIGTERM");
  await ended;
}
