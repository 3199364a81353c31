import { fork } from "node:child_process";
import { messageOf } from "./errors.js";

/** Most characters kept of the errors that a process prints. */
const MAX_ERROR_TEXT = 4_096;

/** What a process answered, or why it did not. */
export type ProcessAnswer = { answer: unknown } | { failure: string };

/**
 * Asks a program of its own, so that a native library that aborts, or a driver that never answers,
 * takes only that process with it.
 * @param program is run with the question; it sends its answer, then ends
 * @param timeoutMs after which it is killed
 */
export async function askProcess(
  program: string,
  question: string,
  timeoutMs: number,
): Promise<ProcessAnswer> {
  const child = fork(program, [question], { execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let answer: unknown;
  let errors = "";
  let late = false;
  child.on("message", (message) => {
    answer = message;
  });
  child.stderr!.on("data", (chunk) => {
    errors = `${errors}${chunk}`.slice(-MAX_ERROR_TEXT);
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
  const failed = (what: string): ProcessAnswer => {
    const said = errors.trim().split("\n").at(-1);
    return { failure: said ? `${what}; its last words: ${said}` : what };
  };
  if (late) return failed(`no end within ${timeoutMs / 1000} s`);
  if (end) return failed(`its process was ended by ${end}`);
  return answer === undefined ? failed("its process ended without an answer") : { answer };
}
