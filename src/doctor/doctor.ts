import { VERSION } from "../base/version.js";
import type { Line } from "./check.js";
import { CHECKS } from "./checks.js";
import { runCheck } from "./run-check.js";

/** A line, and whether counting needs its subject. */
export interface Finding extends Line {
  needed: boolean;
}

/** What doctor found. */
export interface Findings {
  /** Version of this program. */
  version: string;
  /** Whether this machine is fit to count: see CHECKS. */
  healthy: boolean;
  lines: Finding[];
}

/**
 * Runs all checks, one after the other, so that none slows another one's measurement.
 * @param onCheck called with the name of each check before it runs
 */
export async function examine(onCheck: (name: string) => void = () => undefined): Promise<Findings> {
  const lines: Finding[] = [];
  for (const { name, needed } of CHECKS) {
    onCheck(name);
    lines.push(...(await runCheck(name)).map((line) => ({ ...line, needed })));
  }
  return { version: VERSION, healthy: !lines.some(isTrouble), lines };
}

/** Whether a finding makes the machine unfit to count. */
export function isTrouble({ state, needed }: Finding): boolean {
  return state === "broken" || (state === "missing" && needed);
}
