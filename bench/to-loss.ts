import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../src/base/home.js";
import { readSimulatedSetPlan } from "../src/dataset/simulated-plan.js";
import { writeSimulatedSet } from "../src/dataset/simulated-set.js";
import type { TrainingEvent } from "../src/train/events.js";
import { median } from "./statistics.js";

const STAGES = ["segmentation", "density"] as const;
type StageName = (typeof STAGES)[number];
/** Seconds of training so far, and the validation loss, an epoch. */
type Course = readonly (readonly [seconds: number, loss: number])[];
type Courses = Record<StageName, Course>;

const SEEDS = [1, 2, 3, 4];
/** Six samples a run. Some seven minutes for four seeds and both programs on two cores. */
const [RUNS, EPOCHS, BATCH] = [110, 25, 8];
/** The loss that both must come to: so many times the worse of their usual lowest losses. */
const SLACK = 1.1;

/** Times to the same validation loss. */
export interface ToLoss {
  stage: StageName;
  target: number;
  /** Seconds a seed; infinite where a training never comes to it. */
  ours: number[];
  theirs: number[];
}

/** Trains the same two stages on the same set with both programs, in turns, a process a training. */
export async function timesToLoss(python: string): Promise<ToLoss[]> {
  const folder = mkdtempSync(join(tmpdir(), "defcon-bench-"));
  try {
    const set = join(folder, "set.h5");
    const plan = await readSimulatedSetPlan(join(packageRoot, "models", "general-plan.json"));
    await writeSimulatedSet(set, { ...plan, runs: RUNS });
    const [ours, theirs]: [Courses[], Courses[]] = [[], []];
    for (const seed of SEEDS) {
      ours.push(await ourCourses(set, join(folder, `model-${seed}`), seed));
      theirs.push(await theirCourses(python, set, seed));
    }
    return STAGES.map((stage) => compared(stage, ours, theirs));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compared(stage: StageName, ours: readonly Courses[], theirs: readonly Courses[]): ToLoss {
  const lowest = (all: readonly Courses[]) =>
    median(all.map((each) => Math.min(...each[stage].map(([, loss]) => loss))));
  const target = SLACK * Math.max(lowest(ours), lowest(theirs));
  const times = (all: readonly Courses[]) =>
    all.map((each) => each[stage].find(([, loss]) => loss <= target)?.[0] ?? Number.POSITIVE_INFINITY);
  return { stage, target, ours: times(ours), theirs: times(theirs) };
}

async function ourCourses(set: string, output: string, seed: number): Promise<Courses> {
  const length = ["--epochs", EPOCHS, "--patience", EPOCHS, "--batch-size", BATCH, "--seed", seed].map(
    String,
  );
  const program = join(packageRoot, "bin", "defcon-fiji.js");
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, "train", "--set", set, "-o", output, ...length, "--json"],
    { maxBuffer: 1 << 28 },
  );
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as TrainingEvent);
  const courseOf = (stage: StageName): Course => {
    let seconds = 0;
    return events.flatMap((event) => {
      if (event.event !== "epoch" || event.record.stage !== stage) return [];
      seconds += event.record.seconds;
      return [[seconds, event.record.validationLoss] as const];
    });
  };
  return { segmentation: courseOf("segmentation"), density: courseOf("density") };
}

async function theirCourses(python: string, set: string, seed: number): Promise<Courses> {
  const script = join(packageRoot, "scripts", "oracle", "training_to_loss.py");
  const oracle = join(packageRoot, "..", "shared", "oracle");
  const args = [script, oracle, set, ...[seed, EPOCHS, BATCH].map(String)];
  const { stdout } = await promisify(execFile)(python, args, { maxBuffer: 1 << 24 });
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Courses;
}
