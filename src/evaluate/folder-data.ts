import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { InputError, notReadable } from "../base/errors.js";
import { given } from "../base/given.js";
import { MAP_DEFAULTS } from "../dataset/add.js";
import { tableOptions } from "../dataset/truth/truth-columns.js";
import { BRIGHTNESS_THRESHOLD, type GroundTruth, readTruth } from "../dataset/truth/truth-table.js";
import { openOptions } from "../frames/open-options.js";
import { openStack } from "../frames/open-stack.js";
import { pixelSizeOf } from "../frames/pixel-size.js";
import { entryKind } from "../frames/source-parts.js";
import type { StackReader } from "../frames/stack-reader.js";
import { readConditionConfig } from "./condition-config.js";
import type { ConditionInfo, DataOptions, EvaluationData } from "./evaluation-data.js";
import { type EvaluationFrame, frameTruth, type TruthRules } from "./evaluation-frame.js";

/** Names of a simulation's files. Other names will do if there is one file of each kind. */
const SIMULATED = { frames: "frames.tif", truth: "ground_truth.csv", config: "config.json" } as const;

/** Tables of emitters that are not called .csv; they are looked at where there is no csv table. */
const OTHER_TABLES = /\.(?:tsv|txt|xls|hdf5)$/i;

/** The files of one condition. */
interface ConditionFiles {
  name: string;
  frames: string;
  truth: string;
  config: string;
}

interface OpenCondition {
  info: ConditionInfo;
  stack: StackReader;
  truth: GroundTruth;
  rules: TruthRules;
}

/**
 * Opens the stack and table in a folder, and in each of its folders that holds a stack.
 * @throws InputError, DatasetError
 */
export async function openFolders(path: string, options: DataOptions): Promise<EvaluationData> {
  const found = await findConditions(path);
  const open: OpenCondition[] = [];
  const close = async () => {
    for (const { stack } of open) await stack.close();
  };
  try {
    for (const files of found) open.push(await openCondition(files, options));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    conditions: open.map(({ info }) => info),
    close,
    async *frames() {
      for (const [i, condition] of open.entries()) yield* framesOf(condition, i);
    },
  };
}

async function findConditions(path: string): Promise<ConditionFiles[]> {
  const own = await filesOf(path, basename(resolve(path)));
  const entries = await entriesOf(path);
  const folders = entries
    .filter((entry) => entry.isDirectory() && !entryKind(entry.name, true))
    .map(({ name }) => name);
  folders.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const nameOf = (folder: string) => (own ? `${own.name}/${folder}` : folder);
  const inside = await Promise.all(folders.map((folder) => filesOf(join(path, folder), nameOf(folder))));
  const all = [own, ...inside].filter((files) => files !== undefined);
  if (all.length > 0) return all;
  throw new InputError("INPUT_NOT_FOUND", {
    subject: path,
    expected: `${SIMULATED.frames} with ${SIMULATED.truth}, one stack with one csv table, or folders with these`,
    found: "no stack",
    advice: "Name the folder that a simulation wrote, or one with frames and the table of their emitters.",
  });
}

/**
 * The stack and the table of a folder; undefined for a folder without a stack.
 * @throws InputError where they do not make a pair
 */
async function filesOf(folder: string, name: string): Promise<ConditionFiles | undefined> {
  const visible = (await entriesOf(folder)).filter(({ name }) => !name.startsWith("."));
  const pick = (usual: string, fits: (entry: Dirent) => boolean) => {
    const found = visible.filter((entry) => fits(entry)).map((entry) => entry.name);
    return found.includes(usual) ? [usual] : found.sort();
  };
  const ofKind = (kind: ReturnType<typeof entryKind>) =>
    pick(SIMULATED.frames, (entry) => entryKind(entry.name, entry.isDirectory()) === kind);
  const recordings = ofKind("recording");
  // Arrays beside a recording are usually density maps.
  const stacks = recordings.length > 0 ? recordings : ofKind("array").filter((name) => /\.npy$/i.test(name));
  const tablesThat = (pattern: RegExp) =>
    pick(SIMULATED.truth, (entry) => !entry.isDirectory() && pattern.test(entry.name));
  const csv = tablesThat(/\.csv$/i);
  const tables = csv.length > 0 ? csv : tablesThat(OTHER_TABLES);
  if (stacks.length === 0) return undefined;
  if (stacks.length === 1 && tables.length === 1) {
    const [frames, truth] = [join(folder, stacks[0]!), join(folder, tables[0]!)];
    return { name, frames, truth, config: join(folder, SIMULATED.config) };
  }
  const listed = (names: string[]) => (names.length > 0 ? names.slice(0, 4).join(", ") : "none");
  throw new InputError("INPUT_NOT_FOUND", {
    subject: folder,
    expected: "one stack and the one table of its emitters (.csv, else .tsv, .txt, .xls or .hdf5)",
    found: `stacks: ${listed(stacks)}; tables: ${listed(tables)}`,
    advice: `Call them ${SIMULATED.frames} and ${SIMULATED.truth}, or move the other files elsewhere.`,
  });
}

async function entriesOf(folder: string) {
  return readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw notReadable(folder, "a folder with frames and truth", cause);
  });
}

async function openCondition(files: ConditionFiles, options: DataOptions): Promise<OpenCondition> {
  const config = await readConditionConfig(files.config);
  const threshold = options.threshold ?? config.threshold;
  // A threshold that the user names is the only rule.
  const leastSnr = options.threshold === undefined ? config.leastSnr : undefined;
  const { sigma } = MAP_DEFAULTS;
  const stack = await openStack(files.frames, openOptions(options));
  try {
    const { frames, width, height, calibration } = stack.info;
    const { pixelSize: said, ...table } = tableOptions(options);
    const pixelSize = said ?? config.pixelSize ?? pixelSizeOf(calibration);
    const rules = given({ threshold, leastSnr });
    const truth = await readTruth(
      files.truth,
      stack.info,
      {
        ...table,
        ...rules,
        sigma,
        light: true,
        knownPixelSize: pixelSize,
        ...given({ signal: options.signal }),
      },
      async (index) => (await stack.read(index)).pixels,
    );
    const info: ConditionInfo = {
      name: files.name,
      frames,
      width,
      height,
      ...(pixelSize !== undefined && { pixelSize }),
      ...(config.psf !== undefined && { psf: config.psf }),
      truth: truthInWords(truth, leastSnr),
      get warnings() {
        return [...truth.warnings, ...stack.notes];
      },
    };
    return { info, stack, truth, rules: { threshold: threshold ?? BRIGHTNESS_THRESHOLD, sigma } };
  } catch (error) {
    await stack.close();
    throw error;
  }
}

function truthInWords({ kept, dropped, format, notes, threshold }: GroundTruth, leastSnr?: number): string {
  const clear = leastSnr === undefined ? "" : ` and clearer than SNR ${leastSnr}`;
  const least = ` brighter than ${Number((threshold ?? 0).toPrecision(4))}${clear}`;
  const dim = dropped > 0 ? `${least}, ${dropped} others left out` : "";
  return [`${kept} emitters${dim}; table read as ${format}`, ...notes].join("; ");
}

async function* framesOf(
  { info, stack, truth, rules }: OpenCondition,
  sequence: number,
): AsyncGenerator<EvaluationFrame> {
  let number = 0;
  for await (const image of stack.frames()) {
    const emitters = truth.emitters(number);
    number++;
    yield { condition: info, number, sequence, image, truth: frameTruth(emitters, image, rules) };
  }
}
