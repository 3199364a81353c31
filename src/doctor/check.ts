import { DefconError, messageOf } from "../base/errors.js";

/** "ok"; "missing": not there, which only matters to what needs it; "broken": there, and faulty. */
export const STATES = ["ok", "missing", "broken"] as const;
export type State = (typeof STATES)[number];

/** What doctor says about one thing. */
export interface Line {
  name: string;
  state: State;
  /** What was found. */
  detail: string;
  /** What to do, in whole sentences. */
  advice?: string;
}

/** A look at one part of the program or the machine. It changes nothing. */
export interface Check {
  name: string;
  /** Whether a "missing" line of this check means that nothing can be counted on this machine. */
  needed: boolean;
  /** The lines of the check. If it throws, that becomes a broken line. */
  lines(): Promise<Line[]> | Line[];
}

/**
 * The line for something that failed. @param advice what to do, instead of the error's own advice
 */
export function brokenLine(name: string, thrown: unknown, advice?: string): Line {
  const [found, own] =
    thrown instanceof DefconError ? [thrown.finding, thrown.advice] : [messageOf(thrown), ""];
  const chosen = advice ?? own;
  // Some libraries write errors in several lines.
  const detail = found.trim().replace(/\s*\n\s*/g, " ");
  return { name, state: "broken", detail, ...(chosen && { advice: chosen }) };
}
