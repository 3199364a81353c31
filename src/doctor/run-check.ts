import { fileURLToPath } from "node:url";
import { askProcess } from "../base/ask-process.js";
import { DOCTOR_LIMITS } from "../base/limits.js";
import { brokenLine, type Line, STATES } from "./check.js";

const PROGRAM = fileURLToPath(new URL("check-process.js", import.meta.url));

/**
 * Runs a check in a process of its own.
 * So a native library that aborts, or a driver or a network drive that never answers, becomes a
 * line too.
 * @param program is run with the check's name; it sends its lines, then ends
 */
export async function runCheck(
  name: string,
  program: string = PROGRAM,
  timeoutMs: number = DOCTOR_LIMITS.checkTimeoutMs,
): Promise<Line[]> {
  const found = await askProcess(program, name, timeoutMs);
  if ("failure" in found) return [brokenLine(name, found.failure)];
  return areLines(found.answer) ? found.answer : [brokenLine(name, "its process ended without an answer")];
}

function areLines(answer: unknown): answer is Line[] {
  return Array.isArray(answer) && answer.every((each) => STATES.includes(each?.state));
}
