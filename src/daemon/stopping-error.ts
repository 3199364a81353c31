import { DaemonError } from "../base/errors.js";

/** The error for work that arrives while the daemon stops. */
export function stoppingError(): DaemonError {
  return new DaemonError("DAEMON_STOPPING", {
    subject: "the daemon is stopping",
    advice: "Start it again: defcon-fiji serve",
  });
}
