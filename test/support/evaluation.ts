import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../../src/base/home.js";
import type { FrameRecord } from "../../src/evaluate/evaluate.js";
import { createStackWriter } from "../../src/frames/stack-writer.js";

/** What scripts/oracle/evaluate_fixtures.py wrote. */
export const evaluationFixture = JSON.parse(
  readFileSync(join(packageRoot, "test", "data", "evaluate", "expected.json"), "utf8"),
) as {
  pairs: { truth: number[]; predicted: number[] } & Record<string, number | number[]>;
  maps: { truth: number[]; predicted: number[]; squares: number; absolutes: number };
  frame: {
    width: number;
    height: number;
    emitters: [x: number, y: number, brightness: number, background: number][];
    count: number;
    signal: number;
    background: number;
    mapSum: number;
    maxLocalCount: number;
  };
};

/** A record with true and predicted count, changed by what is given. */
export function record(truth: number, predicted: number, change: Partial<FrameRecord> = {}): FrameRecord {
  return {
    model: "model",
    condition: { name: "beads" },
    frame: 1,
    pixels: 1_000,
    count: { truth, predicted },
    maxLocalCount: { truth: truth / 2, predicted: predicted / 2 },
    trueMapSum: truth,
    map: { squares: 0.4, absolutes: 2 },
    signal: undefined,
    background: undefined,
    ...change,
  };
}

export const STACK_SIDE = 16;

/** Writes a folder with a stack of frames that differ, and a table. */
export async function writeCondition(
  folder: string,
  { frames = 3, table, config, names = ["frames.tif", "ground_truth.csv"] as const }: ConditionParts,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const writer = await createStackWriter(join(folder, names[0]), {
    force: true,
    width: STACK_SIDE,
    height: STACK_SIDE,
    frames,
    calibration: { pixelWidth: 0.16, pixelHeight: 0.16, unit: "µm" },
  });
  for (let frame = 0; frame < frames; frame++) {
    const pixels = Float32Array.from({ length: STACK_SIDE ** 2 }, (_, i) => (i * (frame + 7)) % 23);
    await writer.write(pixels);
  }
  await writer.finish();
  if (table !== undefined) await writeFile(join(folder, names[1]), table);
  if (config !== undefined) {
    await writeFile(
      join(folder, "config.json"),
      typeof config === "string" ? config : JSON.stringify(config),
    );
  }
}

interface ConditionParts {
  frames?: number;
  table?: string;
  /** A value, or the file's own text. */
  config?: unknown;
  names?: readonly [frames: string, table: string];
}
