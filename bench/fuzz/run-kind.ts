import { fork } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../src/base/home.js";
import type { Report, Told } from "./campaign.js";
import { FILE_KINDS } from "./files/kinds.js";

const CHILD = fileURLToPath(new URL("child.js", import.meta.url));
/** Where inputs that make the program do what it must not are kept. */
const FINDINGS = join(packageRoot, ".fuzz-findings");
/** A process that tells nothing for so long hangs, ms. Machines are busy. */
const SILENCE_MS = 300_000;
/** More findings than this end a run. */
const MAX_FOUND = 50;
/** Memory and handles may grow by this between half of the cases and the end. */
const GROWTH = { bytes: 8_388_608, handles: 8 };

/** A problem, and where its inputs are kept. */
export interface Found {
  problem: string;
  index: number;
  folder: string;
}

export interface Result {
  kind: string;
  report: Report;
  found: Found[];
}

/** Gives a kind of inputs to the program in a process of its own; another one goes on where one dies or hangs. */
export async function runKind(
  kind: string,
  amount: number,
  seed: number,
  first: number,
  onFound: (found: Found) => void,
): Promise<Result> {
  const found: Found[] = [];
  const note = (problem: string, index: number, inputs: Record<string, string>) => {
    const each = { problem, index, folder: keep(kind, index, problem, inputs) };
    found.push(each);
    onFound(each);
  };
  const total = {
    done: 0,
    refused: 0,
    slowestMs: 0,
    kept: 0,
    halfBytes: 0,
    endBytes: 0,
    halfHandles: 0,
    endHandles: 0,
  };
  let [next, left] = [first, amount];
  const folder = mkdtempSync(join(tmpdir(), "defcon-fiji-fuzz-"));
  while (left > 0 && found.length < MAX_FOUND) {
    const { report, at, words } = await runProcess([kind, seed, next, left, folder], note);
    if (report) {
      Object.assign(total, report, {
        done: total.done + report.done,
        refused: total.refused + report.refused,
      });
      break;
    }
    note(words, at, contentIn(join(folder, "case")));
    total.done += at - next + 1;
    left -= at - next + 1;
    next = at + 1;
  }
  rmSync(folder, { recursive: true, force: true });
  const grown = { bytes: total.endBytes - total.halfBytes, handles: total.endHandles - total.halfHandles };
  if (grown.bytes > GROWTH.bytes) note(`memory grows by ${grown.bytes} bytes`, next, {});
  if (grown.handles > GROWTH.handles && !FILE_KINDS[kind]?.keepsHandles)
    note(`handles grow by ${grown.handles}`, next, {});
  return { kind, report: total, found };
}

function runProcess(
  args: readonly [kind: string, seed: number, first: number, amount: number, folder: string],
  note: (problem: string, index: number, inputs: Record<string, string>) => void,
): Promise<{ report?: Report; at: number; words: string }> {
  return new Promise((resolve) => {
    let [at, report, hangs]: [number, Report | undefined, boolean] = [args[2], undefined, false];
    let output = "";
    let findings = 0;
    const child = fork(CHILD, args.map(String), {
      execArgv: ["--expose-gc"],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const hear = (text: Buffer) => {
      output = (output + text.toString()).slice(-2_000);
    };
    child.stdout!.on("data", hear);
    child.stderr!.on("data", hear);
    const silence = () => {
      hangs = true;
      child.kill("SIGKILL");
    };
    let timer = setTimeout(silence, SILENCE_MS);
    child.on("message", (told: Told) => {
      clearTimeout(timer);
      timer = setTimeout(silence, SILENCE_MS);
      if (told.kind === "at") at = told.index;
      else if (told.kind === "finding") {
        note(told.problem, told.index, told.inputs);
        if (++findings === MAX_FOUND) child.kill("SIGKILL");
      } else report = told.report;
    });
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      const words = hangs ? "hangs" : `ends with ${signal ?? `code ${code}`}\n${output}`;
      resolve({ ...(report && { report }), at, words });
    });
  });
}

/** What a process that is gone was reading, in base 64. */
function contentIn(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name)).toString("base64")]));
}

/** Keeps the inputs of a finding. @returns the folder */
function keep(kind: string, index: number, problem: string, inputs: Record<string, string>): string {
  const folder = join(FINDINGS, `${kind}-${index}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "problem.txt"), `${problem}\n`);
  for (const [name, content] of Object.entries(inputs)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.from(content, "base64"));
  }
  return folder;
}
