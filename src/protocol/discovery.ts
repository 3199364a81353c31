import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "../base/atomic-file.js";
import { DaemonError, messageOf, systemErrorCode } from "../base/errors.js";
import { defconHome, packageRoot } from "../base/home.js";
import { FILE_LIMITS } from "../base/limits.js";
import { readRegularFile } from "../base/regular-file.js";
import { VERSION } from "../base/version.js";

/**
 * What a daemon writes so that clients find it.
 * Only the user can read it: whoever has the token may use the daemon.
 */
export interface Discovery {
  protocol: number;
  version: string;
  pid: number;
  host: string;
  port: number;
  token: string;
  tls: boolean;
  /**
   * SHA-256 of the daemon's certificate, by which clients on this machine know it. Only with `tls`.
   */
  certificate?: string;
  /** ISO 8601. */
  started: string;
}

export function discoveryPath(): string {
  return join(defconHome(), "daemon.json");
}

/** @throws InputError OUTPUT_WRITE */
export async function writeDiscovery(discovery: Discovery): Promise<void> {
  await closeHome();
  await writeFileAtomically(discoveryPath(), `${JSON.stringify(discovery, null, 2)}\n`, 0o600);
}

/**
 * The discovery file's content; undefined where there is no file.
 * @throws DaemonError DAEMON_UNREACHABLE when it cannot be read or is damaged
 */
export async function readDiscovery(): Promise<Discovery | undefined> {
  const path = discoveryPath();
  let found: string;
  try {
    const discovery: unknown = JSON.parse(
      (await readRegularFile(path, FILE_LIMITS.maxTextBytes)).toString("utf8"),
    );
    if (isDiscovery(discovery)) return discovery;
    found = "a file without some of them, or with values that cannot be theirs";
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    found = messageOf(error);
  }
  throw new DaemonError("DAEMON_UNREACHABLE", {
    subject: path,
    expected: "the daemon's host, port and token as JSON",
    found,
    advice: "Stop the daemon, delete this file, and start it again: defcon-fiji serve",
  });
}

/** Removes the file if it still is that of the daemon with this token. */
export async function removeDiscovery(token: string): Promise<void> {
  const current = await readDiscovery().catch(() => undefined);
  if (current?.token === token) await rm(discoveryPath(), { force: true });
}

/** The host by which its own machine reaches a daemon that listens on `host`. */
export function reachableHost(host: string): string {
  return { "0.0.0.0": "127.0.0.1", "::": "::1" }[host] ?? host;
}

/** The address for WebSocket clients on the daemon's machine. */
export function addressOf({ tls, host, port }: Pick<Discovery, "tls" | "host" | "port">): string {
  const name = reachableHost(host);
  return `${tls ? "wss" : "ws"}://${name.includes(":") ? `[${name}]` : name}:${port}/`;
}

/** The address for browsers on the daemon's machine. */
export function pageAddressOf(place: Pick<Discovery, "tls" | "host" | "port">): string {
  return addressOf(place).replace(/^ws/, "http");
}

/** The path that {@link writeLauncher} writes to. */
export function launcherPath(): string {
  return join(defconHome(), "launcher.json");
}

/**
 * Writes beside the discovery file how this program is started.
 * The plugin needs it, since it cannot rely on PATH.
 * @throws InputError OUTPUT_WRITE
 */
export async function writeLauncher(): Promise<void> {
  const launcher = {
    node: process.execPath,
    script: join(packageRoot, "bin", "defcon-fiji.js"),
    version: VERSION,
  };
  await closeHome();
  await writeFileAtomically(launcherPath(), `${JSON.stringify(launcher, null, 2)}\n`);
}

/**
 * Makes the user's folder readable for the user alone, whoever made it before.
 * A folder that belongs to somebody else keeps its rights: the token's file has its own.
 */
async function closeHome(): Promise<void> {
  await mkdir(defconHome(), { recursive: true, mode: 0o700 }).catch(() => undefined);
  await chmod(defconHome(), 0o700).catch(() => undefined);
}

function isDiscovery(value: unknown): value is Discovery {
  if (typeof value !== "object" || value === null) return false;
  const { protocol, pid, host, port, token, tls, version, certificate } = value as Record<string, unknown>;
  const isNumber = (number: unknown, least: number, most: number) =>
    Number.isInteger(number) && (number as number) >= least && (number as number) <= most;
  return (
    isNumber(protocol, 0, 2 ** 31) &&
    isNumber(pid, 1, 2 ** 31) &&
    isNumber(port, 1, 65_535) &&
    [host, token].every((text) => typeof text === "string" && /^[\x21-\x7e]{1,1000}$/.test(text)) &&
    ["boolean", "undefined"].includes(typeof tls) &&
    [version, certificate].every((text) => ["string", "undefined"].includes(typeof text))
  );
}
