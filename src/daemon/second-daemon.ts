import { mkdir } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { DaemonError, notWritable } from "../base/errors.js";
import { FolderLock } from "../base/folder-lock.js";
import { defconHome } from "../base/home.js";
import { WIRE_LIMITS } from "../base/limits.js";
import { isRunning } from "../base/running-process.js";
import { VERSION } from "../base/version.js";
import { openSocket } from "../protocol/client-socket.js";
import { decodeServerMessage, encodeClientMessage, PROTOCOL_VERSION } from "../protocol/codec.js";
import { addressOf, type Discovery, reachableHost, readDiscovery } from "../protocol/discovery.js";

/**
 * Starts a daemon unless another one of this user serves, or is starting.
 * Looking for another and publishing this one are under one lock: of two that start at once, the
 * second waits and finds the first. A file that a killed daemon left behind does not count.
 * @param start starts the daemon and publishes it
 * @throws DaemonError DAEMON_RUNNING; InputError OUTPUT_WRITE; what `start` throws
 */
export async function startAlone<D>(start: () => Promise<D>): Promise<D> {
  const home = defconHome();
  await mkdir(home, { recursive: true, mode: 0o700 }).catch((cause) => {
    throw notWritable(home, cause);
  });
  const lock = await FolderLock.acquire(home, WIRE_LIMITS.startWaitMs, {
    name: ".daemon-lock",
    failed: (cause) => notWritable(home, cause),
    busy: (place, holders) =>
      new DaemonError("DAEMON_RUNNING", {
        subject: `another daemon is starting (${holders})`,
        advice: `Wait for it. If there is no such process any more, remove ${place} and try again.`,
      }),
  });
  try {
    const other = await readDiscovery().catch(() => undefined);
    if (other && (await isServing(other))) throw runningError(other);
    return await start();
  } finally {
    lock.release();
  }
}

/**
 * Whether the daemon of a discovery file runs, and answers as a daemon at its port.
 * A daemon that was killed leaves a file behind. Its process's number and its port may be others'
 * by now.
 */
export async function isServing(discovery: Discovery): Promise<boolean> {
  return isRunning(discovery.pid) && (await answers(discovery));
}

/**
 * Whether the process of a discovery file lives and something listens at its port, a daemon or not.
 */
export async function isListening({ pid, host, port }: Discovery): Promise<boolean> {
  if (!isRunning(pid)) return false;
  const socket = connect({ host: reachableHost(host), port, timeout: WIRE_LIMITS.probeTimeoutMs });
  return new Promise((resolve) => {
    const tell = (found: boolean) => {
      socket.destroy();
      resolve(found);
    };
    socket.once("connect", () => tell(true));
    socket.once("timeout", () => tell(false));
    socket.once("error", () => tell(false));
  });
}

/** Whether the daemon with the file's token is at the file's port. */
function answers(discovery: Discovery): Promise<boolean> {
  const { token } = discovery;
  const socket = openSocket({ ...discovery, url: addressOf(discovery) });
  return new Promise((resolve) => {
    const tell = (found: boolean) => {
      clearTimeout(timer);
      resolve(found);
      socket.terminate();
    };
    const timer = setTimeout(() => tell(false), WIRE_LIMITS.probeTimeoutMs);
    const client = `defcon-fiji ${VERSION}`;
    socket.on("open", () =>
      socket.send(encodeClientMessage({ hello: { protocolVersion: PROTOCOL_VERSION, token, client } })),
    );
    socket.on("message", (data: Buffer) => tell(isOwnAnswer(data)));
    // A daemon with all its clients says 503 before anything else.
    socket.on("unexpected-response", (_, { statusCode }: IncomingMessage) => tell(statusCode === 503));
    socket.on("error", () => tell(false));
    socket.on("close", () => tell(false));
  });
}

/** Whether a daemon that knows the token gave this answer, welcome or not. */
function isOwnAnswer(data: Buffer): boolean {
  try {
    const { welcome, error } = decodeServerMessage(data);
    return welcome != null || (error != null && error.code !== "PROTOCOL_TOKEN");
  } catch {
    return false;
  }
}

function runningError({ version, port, pid }: Discovery): DaemonError {
  return new DaemonError("DAEMON_RUNNING", {
    subject: `a daemon of version ${version} already serves on port ${port} (process ${pid})`,
    advice: "Use that one, or stop it first: Ctrl-C where it runs, or end that process.",
  });
}
