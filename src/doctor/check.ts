import { DefconError, messageOf } from "../base/errors.js";

/**
 * "ok"; "missing": not there, which harms nothing but what needs it; "broken": there, and not as it should be.
 */
export const STATES = ["ok", "missing", "broken"] as const;
export type State = (typeof STATES)[number];

/** What doctor says about one thing. */
export interface Line {
  name: string;
  state: State;
  /** What was found. */
  detail: string;
  /** What to do; whole sentences. */
  advice?: string;
}

/** A look at one part of the program or of the machine. Nothing is changed by it. */
export interface Check {
  name: string;
  /** Whether nothing can be counted on this machine where a line of this check is "missing". */
  needed: boolean;
  /** What is found; what is thrown makes a broken line. */
  lines(): Promise<Line[]> | Line[];
}

/** The line for something that failed. @param advice what to do, in place of the error's own */
export function brokenLine(name: string, thrown: unknown, advice?: string): Line {
  const [found, own] =
    thrown instanceof DefconError ? [thrown.finding, thrown.advice] : [messageOf(thrown), ""];
  const chosen = advice ?? own;
  // Libraries tell some of their errors in several lines.
  const detail = found.trim().replace(/\s*\n\s*/g, " ");
  return { name, state: "broken", detail, ...(chosen && { advice: chosen }) };
}
