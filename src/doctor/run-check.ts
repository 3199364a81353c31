import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { messageOf } from "../base/errors.js";
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
  const child = fork(program, [name], { execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let answer: unknown;
  let errors = "";
  let late = false;
  child.on("message", (message) => {
    answer = message;
  });
  child.stderr!.on("data", (chunk) => {
    errors = `${errors}${chunk}`.slice(-DOCTOR_LIMITS.maxErrorText);
  });
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, timeoutMs);
  const end = await new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(messageOf(error)));
    child.on("close", (code, signal) => resolve(code === 0 ? "" : (signal ?? `exit code ${code}`)));
  });
  clearTimeout(timer);
  if (late) return [failed(name, `no end within ${timeoutMs / 1000} s`, errors)];
  if (end) return [failed(name, `its process was ended by ${end}`, errors)];
  return areLines(answer) ? answer : [failed(name, "its process ended without an answer", errors)];
}

function failed(name: string, what: string, errors: string): Line {
  const said = errors.trim().split("\n").at(-1);
  return brokenLine(name, said ? `${what}; its last words: ${said}` : what);
}

function areLines(answer: unknown): answer is Line[] {
  return Array.isArray(answer) && answer.every((each) => STATES.includes(each?.state));
}
