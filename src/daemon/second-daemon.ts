import { connect } from "node:net";
import { DaemonError, systemErrorCode } from "../base/errors.js";
import { WIRE_LIMITS } from "../base/limits.js";
import { type Discovery, reachableHost, readDiscovery } from "../protocol/discovery.js";

/**
 * Refuses to start where another daemon serves.
 * A file that a killed daemon left behind does not count.
 * @throws DaemonError DAEMON_RUNNING
 */
export async function refuseSecond(): Promise<void> {
  const other = await readDiscovery().catch(() => undefined);
  if (!other || !(await isServing(other))) return;
  throw new DaemonError("DAEMON_RUNNING", {
    subject: `a daemon of version ${other.version} already serves on port ${other.port} (process ${other.pid})`,
    advice: "Use that one, or stop it first.",
  });
}

/**
 * Whether the daemon of a discovery file runs.
 * A daemon that was killed leaves a file behind, whose process listens no more.
 */
export async function isServing(discovery: Discovery): Promise<boolean> {
  return isAlive(discovery.pid) && (await listens(discovery));
}

/** Whether a process with that number exists, of any user. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemErrorCode(error) === "EPERM";
  }
}

function listens({ host, port }: Discovery): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: reachableHost(host), port, timeout: WIRE_LIMITS.probeTimeoutMs });
    const answer = (found: boolean) => {
      socket.destroy();
      resolve(found);
    };
    socket.once("connect", () => answer(true));
    socket.once("timeout", () => answer(false));
    socket.once("error", () => answer(false));
  });
}
