import { VERSION } from "../base/version.js";
import type { Line } from "./check.js";
import { CHECKS } from "./checks.js";
import { runCheck } from "./run-check.js";

/** A line, and whether counting needs what it tells of. */
export interface Finding extends Line {
  needed: boolean;
}

/** What doctor found. */
export interface Findings {
  /** Of this program. */
  version: string;
  /** Whether this machine is fit to count: see CHECKS. */
  healthy: boolean;
  lines: Finding[];
}

/**
 * Looks at everything, one after the other, so that no check slows down another one's clock.
 * @param onCheck told of each check as it begins
 */
export async function examine(onCheck: (name: string) => void = () => undefined): Promise<Findings> {
  const lines: Finding[] = [];
  for (const { name, needed } of CHECKS) {
    onCheck(name);
    lines.push(...(await runCheck(name)).map((line) => ({ ...line, needed })));
  }
  return { version: VERSION, healthy: !lines.some(isTrouble), lines };
}

/** Whether a finding keeps the machine from being fit to count. */
export function isTrouble({ state, needed }: Finding): boolean {
  return state === "broken" || (state === "missing" && needed);
}
