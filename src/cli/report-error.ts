import { isCancelled } from "../base/cancelled.js";
import { DefconError, messageOf } from "../base/errors.js";
import { withFlags } from "./reading-options.js";

/** Exit codes: 1 for what a person can fix, 2 for a fault of the program, 130 after Ctrl-C. */
export const EXIT = { trouble: 1, fault: 2, cancelled: 130 } as const;

/** Prints an error and returns its exit code. */
export function report(error: unknown): number {
  if (!(error instanceof DefconError) || error.code === "INTERNAL") {
    console.error(error instanceof Error ? error.stack : messageOf(error));
    return EXIT.fault;
  }
  if (isCancelled(error)) {
    console.error(error.message);
    return EXIT.cancelled;
  }
  console.error(`defcon-fiji: ${withFlags(error.message)} [${error.code}]`);
  return EXIT.trouble;
}
