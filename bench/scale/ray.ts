import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../src/base/home.js";
import { createStackWriter } from "../../src/frames/stack-writer.js";
import { markdownTable } from "../accuracy/markdown.js";
import { spotsFrame } from "../frames.js";
import { median } from "../statistics.js";

/** What the pool of workers on Ray took: seconds of each turn, and of a job that does nothing. */
export interface RayTimes {
  one: number[];
  two: number[];
  job: number;
}

const [STACKS, FRAMES, SIDE, TURNS, JOBS] = [8, 150, 256, 3, 100];
const PYTHON = join(packageRoot, ".scale-venv-ray", "bin", "python");

/** Counts the same stacks with one worker and with two, each with a core of its own, in turns. */
export async function measureRay(): Promise<RayTimes> {
  if (!existsSync(PYTHON)) throw new Error(`${PYTHON} is not there: npm run test:scale makes it`);
  const folder = mkdtempSync(join(tmpdir(), "defcon-scale-ray-"));
  try {
    const stacks = Array.from({ length: STACKS }, (_, i) => join(folder, `run_${i + 1}.tif`));
    for (const stack of stacks) {
      const options = { width: SIDE, height: SIDE, frames: FRAMES, pixelType: "uint16" } as const;
      const writer = await createStackWriter(stack, options);
      const pixels = spotsFrame(SIDE);
      for (let i = 0; i < FRAMES; i++) await writer.write(pixels);
      await writer.finish();
    }
    const settings = {
      ...{ stacks, output: join(folder, "out"), model: "defcon", turns: TURNS, jobs: JOBS },
      program: [process.execPath, join(packageRoot, "bin", "defcon-fiji.js")],
    };
    const script = join(packageRoot, "bench", "scale", "ray_workers.py");
    const env = { ...process.env, PYTHONPATH: join(packageRoot, "python", "src") };
    const { status, stdout } = spawnSync(PYTHON, [script, JSON.stringify(settings)], {
      ...{ env, encoding: "utf8" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (status !== 0) throw new Error(`${script} ended with code ${status}`);
    return JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as RayTimes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function rayTable({ one, two, job }: RayTimes): string {
  const frames = STACKS * FRAMES;
  const rates = (seconds: readonly number[]) => seconds.map((each) => (frames / each).toFixed(1)).join(", ");
  return markdownTable(
    ["measured", "value"],
    [
      [
        `frames/s of one worker, ${STACKS} stacks of ${FRAMES} frames of ${SIDE}×${SIDE}, ${TURNS} turns`,
        rates(one),
      ],
      ["frames/s of two workers", rates(two)],
      ["two ÷ one, medians", (median(one) / median(two)).toFixed(2)],
      ["a job that does nothing, from hand to hand", `${(1000 * job).toFixed(1)} ms`],
    ],
  );
}
