import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse } from "csv-parse/sync";
import { messageOf } from "../../src/base/errors.js";
import { packageRoot } from "../../src/base/home.js";
import type { OpenOptions } from "../../src/frames/open-options.js";
import { openStack } from "../../src/frames/open-stack.js";
import { type CorpusCase, runPython } from "./corpus-case.js";

/** What was expected of a case and what came, in words for the table. */
export interface CheckedCase {
  expected: string;
  got: string;
  passed: boolean;
}

/** What a command printed, and how it ended. */
interface Ran {
  code: number | null;
  text: string;
  stdout: string;
}

/** Most characters of a message in the table. */
const SHOWN = 160;

/** Tries a case on the files in `folder`. */
export async function checkCase(tried: CorpusCase, folder: string): Promise<CheckedCase> {
  const found: CheckedCase[] = [];
  if (tried.pixels !== undefined) found.push(await checkPixels(tried, folder));
  const values = Object.entries(tried.values ?? {});
  const ofStack = values.filter(([name]) => name.startsWith("info."));
  if (ofStack.length > 0) found.push(await checkInfo(tried, Object.fromEntries(ofStack), folder));
  const ofCommand = values.filter(([name]) => !name.startsWith("info."));
  const runs =
    ["run", "error", "output", "absent", "exit"].some((key) => key in tried) || ofCommand.length > 0;
  if (runs) found.push(await checkCommand(tried, Object.fromEntries(ofCommand), folder));
  if (tried.advised !== undefined) found.push(await checkAdvice(tried, folder));
  return {
    expected: found.map(({ expected }) => expected).join("; "),
    got: found.map(({ got }) => got).join("; "),
    passed: found.length > 0 && found.every(({ passed }) => passed),
  };
}

/** Whether every pixel is the oracle's, bit for bit. */
async function checkPixels(tried: CorpusCase, folder: string): Promise<CheckedCase> {
  const right = await framesOf(join(folder, tried.pixels!));
  const { width, height } = right.info;
  const { tolerance = 0 } = tried;
  const size = `${right.frames.length} × ${width} × ${height}`;
  const expected = tolerance === 0 ? size : `${size}, within ${tolerance}`;
  let got = expected;
  try {
    const read = await framesOf(join(folder, tried.file!), tried.options);
    const found = `${read.frames.length} × ${read.info.width} × ${read.info.height}`;
    const differs = right.frames.findIndex((pixels, i) => !samePixels(pixels, read.frames[i], tolerance));
    if (found !== size) got = found;
    else if (differs >= 0) got = `other pixels in frame ${differs + 1}`;
  } catch (error) {
    got = shown(messageOf(error), folder);
  }
  return { expected, got, passed: got === expected };
}

async function framesOf(source: string, options: OpenOptions = {}) {
  const stack = await openStack(source, options);
  try {
    const frames = [];
    for await (const { pixels } of stack.frames()) frames.push(pixels);
    return { info: stack.info, frames };
  } finally {
    await stack.close();
  }
}

/** Whether the Python that an error advises writes a file that is read right. */
async function checkAdvice(tried: CorpusCase, folder: string): Promise<CheckedCase> {
  const { text } = await defconFiji(argumentsOf(tried, folder), folder);
  const python = /import tifffile; .*(?= \[)/.exec(text)?.[0] ?? "";
  const plain = tried.file!.replace(/\.tif$/, "-plain.tif");
  try {
    await runPython(["-c", python], folder);
    const { expected, got, passed } = await checkPixels(
      { ...tried, pixels: tried.advised!, file: plain },
      folder,
    );
    return { expected: `written anew ${expected}`, got: `written anew ${got}`, passed };
  } catch (error) {
    return { expected: "written anew", got: shown(messageOf(error), folder), passed: false };
  }
}

function samePixels(
  right: ArrayLike<number>,
  read: ArrayLike<number> | undefined,
  tolerance: number,
): boolean {
  if (read?.length !== right.length) return false;
  for (let i = 0; i < right.length; i++) {
    if (!Object.is(right[i], read[i]) && !(Math.abs(right[i]! - read[i]!) <= tolerance)) return false;
  }
  return true;
}

async function checkInfo(
  { file, options }: CorpusCase,
  values: Record<string, unknown>,
  folder: string,
): Promise<CheckedCase> {
  const expected = listed(values);
  try {
    const stack = await openStack(join(folder, file!), options);
    await stack.close();
    const got = Object.fromEntries(
      Object.keys(values).map((name) => [name, at({ info: stack.info }, name.split("."))]),
    );
    return { expected, got: listed(got), passed: isDeepStrictEqual(got, values) };
  } catch (error) {
    return { expected, got: shown(messageOf(error), folder), passed: false };
  }
}

function at(value: unknown, [name, ...rest]: string[]): unknown {
  if (name === undefined) return value;
  return at((value as Record<string, unknown> | undefined)?.[name], rest);
}

async function checkCommand(
  tried: CorpusCase,
  values: Record<string, unknown>,
  folder: string,
): Promise<CheckedCase> {
  const { error, output, absent = [], exit = error ? 1 : 0 } = tried;
  const ran = await defconFiji(argumentsOf(tried, folder), folder);
  const words = [...(error ?? []), ...(output ?? [])];
  const says = (word: string) => ran.text.toLowerCase().includes(word.toLowerCase());
  const missing = words.filter((word) => !says(word));
  const unwanted = absent.filter(says);
  const wrong = Object.entries(values).filter(([name, value]) => !holds(ran, name, value, folder));
  const [wanted, did] = [exit, ran.code].map((code) => (code === 0 ? "counted" : `refused (${code})`));
  const passed = ran.code === exit && [missing, unwanted, wrong].every(({ length }) => length === 0);
  const expectedParts = [
    wanted,
    ...words.map((word) => `“${word}”`),
    ...absent.map((word) => `no “${word}”`),
    listed(values),
  ];
  const message = shown(ran.text.trim().split("\n").at(-1) ?? "", folder);
  const gotParts = passed
    ? error
      ? [`${did}: ${message.replace(/^defcon-fiji: /, "")}`]
      : expectedParts
    : [
        did,
        ...missing.map((word) => `no “${word}”`),
        ...unwanted.map((word) => `“${word}”`),
        ...wrong.map(([name]) => `another ${name}`),
        message,
      ];
  return {
    expected: expectedParts.filter(Boolean).join(", "),
    got: gotParts.filter(Boolean).join(", "),
    passed,
  };
}

function argumentsOf({ file, run }: CorpusCase, folder: string): string[] {
  return (run ?? ["predict", `{dir}/${file}`]).map((arg) => arg.replaceAll("{dir}", folder));
}

function defconFiji(args: readonly string[], folder: string): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const command = spawn(process.execPath, [join(packageRoot, "bin", "defcon-fiji.js"), ...args], {
      cwd: folder,
      env: { ...process.env, DEFCON_FIJI_HOME: join(folder, ".home") },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ran = { text: "", stdout: "" };
    command.stdout.on("data", (chunk) => {
      ran.stdout += chunk;
      ran.text += chunk;
    });
    command.stderr.on("data", (chunk) => {
      ran.text += chunk;
    });
    command.on("error", reject);
    command.on("close", (code) => resolve({ code, ...ran }));
  });
}

/** Whether a command's results hold a value: see {@link CorpusCase.values}. */
function holds({ text, stdout }: Ran, name: string, value: unknown, folder: string): boolean {
  const [, table, column] = /^(.+\.csv):(.+)$/.exec(name) ?? [];
  if (table !== undefined) {
    const path = join(folder, table);
    if (!existsSync(path)) return false;
    const rows = parse(readFileSync(path, "utf8"), { columns: true }) as Record<string, string>[];
    return isDeepStrictEqual(
      rows.map((row) => row[column!]),
      (value as unknown[]).map(String),
    );
  }
  if (name.startsWith("json.")) {
    const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
    const found = lines.map((line) => at(JSON.parse(line), name.slice(5).split(".")));
    return isDeepStrictEqual(found, value);
  }
  const escaped = [name, String(value)].map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`${escaped.join("\\W{1,12}")}(?![\\w.]\\d|\\d)`).test(text);
}

function listed(values: Record<string, unknown>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}

/** A message for the table: without the folder, on one line, cut where it is long. */
function shown(message: string, folder: string): string {
  const text = message.replaceAll(`${folder}/`, "").replaceAll(/\s+/g, " ");
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
