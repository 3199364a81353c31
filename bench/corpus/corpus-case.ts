import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../../src/base/home.js";
import type { OpenOptions } from "../../src/frames/open-options.js";

/**
 * One case of cases.json: a file, what is done with it, and what is right.
 * `{dir}` in `run` stands for the folder of the group's files.
 */
export interface CorpusCase {
  /** A short name. */
  case: string;
  /** A sentence: what the file is. */
  what: string;
  /** The file that is read, in the group's folder. */
  file?: string;
  /** Options of openStack that `pixels` are read with. */
  options?: OpenOptions;
  /** Arguments of defcon-fiji; `predict` of `file` where left out. */
  run?: string[];
  /** A NumPy file of the frames (N, H, W) as the oracle decodes them. */
  pixels?: string;
  /** Largest difference of a pixel, where decoders may round in their own ways; 0 where left out. */
  tolerance?: number;
  /**
   * Values by their places: "info.frames" and others of the stack; "FILE.csv:COLUMN", the cells of
   * a column of a table that the command writes; "json.NAME", the values of the lines that it
   * prints; any other name stands before the value in what the command prints.
   */
  values?: Record<string, unknown>;
  /** Words that the error holds. */
  error?: string[];
  /**
   * A NumPy file of the frames that NAME-plain.tif has, which the Python in the error's advice writes.
   */
  advised?: string;
  /** Words that a command prints that succeeds. */
  output?: string[];
  /** Words that it must not print. */
  absent?: string[];
  /** The command's exit code: 1 with `error`, else 0, where left out. */
  exit?: number;
}

const ORACLES = join(packageRoot, "scripts", "oracle");
/** A group's script is corpus_GROUP.py. */
const SCRIPT = /^corpus_(\w+)\.py$/;

/** Names of the groups of cases. */
export function groupNames(): string[] {
  return readdirSync(ORACLES).flatMap((name) => SCRIPT.exec(name)?.[1] ?? []);
}

/** Runs Python with the packages of the oracles. */
export async function runPython(args: readonly string[], cwd: string): Promise<void> {
  const python = join(packageRoot, ".oracle-venv", "bin", "python");
  await promisify(execFile)(python, args, { cwd, maxBuffer: 1 << 26 });
}

/** Has a group's script write its files into a folder. @returns its cases */
export async function makeCases(group: string, folder: string): Promise<CorpusCase[]> {
  await runPython([join(ORACLES, `corpus_${group}.py`), folder], folder);
  return JSON.parse(readFileSync(join(folder, "cases.json"), "utf8")) as CorpusCase[];
}
