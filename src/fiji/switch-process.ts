/**
 * A program of its own, so that a switch goes on when the process that wanted it is killed.
 * It waits for a byte on its standard input, does the steps and prints the outcome. Input that ends
 * without a byte means that the switch is not wanted. Arguments: the Fiji folder, the staging
 * folder, the process number of the starter.
 */
import { existsSync } from "node:fs";
import { messageOf, systemErrorCode } from "../base/errors.js";
import { releaseFiji } from "./lock.js";
import { performSwitch, settleSwitch } from "./switch.js";

/** The outcome that the process prints, as JSON. */
export interface SwitchOutcome {
  failed?: { code: string | undefined; message: string };
}

const [root, staging, starter] = process.argv.slice(2) as [string, string, string];

process.stdout.on("error", () => undefined);
process.stdin.once("data", () => end(() => performSwitch(root, staging)));
process.stdin.once("end", () => end(() => settleSwitch(root, staging)));
process.stdin.once("error", () => end(() => settleSwitch(root, staging)));

function end(work: () => void): void {
  process.stdin.removeAllListeners().destroy();
  const outcome: SwitchOutcome = {};
  try {
    work();
  } catch (cause) {
    outcome.failed = { code: systemErrorCode(cause), message: messageOf(cause) };
  }
  // If something is left to undo, the starter keeps its hold on the lock and undoes it.
  // If the starter is dead, its lock is stale and the next installation undoes it.
  releaseFiji(root, existsSync(staging) ? [process.pid] : [Number(starter), process.pid]);
  process.stdout.write(JSON.stringify(outcome));
}
