import { calibrationFrames } from "../../src/calibrate/calibration-frames.js";
import { KINDS } from "../../src/certainty/kinds.js";
import { readSimulatedSetPlan } from "../../src/dataset/simulated-plan.js";
import type { EvaluatedModel } from "../../src/evaluate/evaluate.js";
import type { Frame } from "../../src/frames/frame.js";
import { openTifStack } from "../../src/frames/tif-stack.js";
import { markdownTable, stressedIf } from "./markdown.js";
import type { Progress } from "./progress.js";
import type { ConditionResult } from "./ratios.js";
import { type Results, ratioSources, SOURCES } from "./results.js";
import { stackName } from "./stacks.js";

/** What is asked of expected errors, condition by condition. */
const ASKED = { once: [0.63, 0.73], twice: [0.93, 0.97] } as const;

/** How well expected errors did: a row for each source, and for SASS and the second generator for each condition. */
export function coverageTable(results: Results, models: readonly string[]): string {
  const rows = ratioSources(results).flatMap(({ title, rows: conditions }) => {
    const single = title === SOURCES.a ? [] : conditions;
    return [
      ...single.map((condition) => [condition.name, ...models.flatMap((model) => cells([condition], model))]),
      [`**${title}**, all`, ...models.flatMap((model) => cells(conditions, model))],
      [
        `${title}: conditions within 63 to 73 % and 93 to 97 %`,
        ...models.flatMap((model) => [
          met(conditions, model, "count"),
          met(conditions, model, "maxLocalCount"),
        ]),
      ],
    ];
  });
  const head = models.flatMap((model) => [`${model}, count`, "max local count"]);
  return markdownTable(["", ...head], rows);
}

type Measure = "count" | "maxLocalCount";

function cells(conditions: readonly ConditionResult[], model: string): string[] {
  return (["count", "maxLocalCount"] as const).map((measure) => {
    const [once, twice] = (["once", "twice"] as const).map((part) => {
      const all = conditions.map(({ coverage }) => coverage.get(model)?.[measure][part] ?? Number.NaN);
      return all.reduce((sum, value) => sum + value, 0) / all.length;
    });
    return `${asPercent(once!)}, ${asPercent(twice!)}`;
  });
}

function met(conditions: readonly ConditionResult[], model: string, measure: Measure): string {
  const some = conditions.filter(({ coverage }) => {
    const found = coverage.get(model)?.[measure];
    return (
      found !== undefined &&
      (["once", "twice"] as const).every(
        (part) => found[part] >= ASKED[part][0] && found[part] <= ASKED[part][1],
      )
    );
  });
  return `${some.length} of ${conditions.length}`;
}

/** How often models call frames unlike those of their training. */
export interface Flags {
  title: string;
  /** Share of frames, by the model's name. */
  shares: ReadonlyMap<string, number>;
  /** What is asked: at most so many of usual frames, at least so many of others. */
  atMost?: number;
  atLeast?: number;
}

/**
 * Counts flags: of stacks (usual ones, and strange ones by the names of their files), and of simulated frames of each kind.
 * @param plan path of the plan that frames are drawn by, of a seed that no calibration has
 */
export async function measureFlags(
  models: readonly EvaluatedModel[],
  {
    real,
    strange,
    plan,
    seed,
  }: { real: readonly string[]; strange: readonly string[]; plan: string; seed: number },
  progress: Progress,
): Promise<Flags[]> {
  const flags: Flags[] = [];
  for (const path of [...real, ...strange]) {
    const title = stackName(path);
    progress(`flags: ${title}`);
    const stack = await openTifStack(path);
    try {
      const shares = await sharesOf(models, stack.frames());
      const usual = real.includes(path) || title === "usual";
      flags.push({ title, shares, ...(usual ? { atMost: 0.05 } : { atLeast: 0.95 }) });
    } finally {
      await stack.close();
    }
  }
  const read = { ...(await readSimulatedSetPlan(plan)), seed };
  const ofKind = new Map(KINDS.map((kind) => [kind, [] as Frame[]]));
  for await (const { kind, image } of calibrationFrames(read, { frames: DRAWN, pool: 7 })) {
    ofKind.get(kind)!.push(image);
  }
  for (const [kind, frames] of ofKind) {
    progress(`flags: ${kind}`);
    const shares = await sharesOf(models, frames);
    flags.push({
      title: `simulated, ${kind}`,
      shares,
      ...(kind === "usual" ? { atMost: 0.02 } : { atLeast: 0.95 }),
    });
  }
  return flags;
}

/** Usual frames that are drawn; fewer of the others. */
const DRAWN = 600;

async function sharesOf(
  models: readonly EvaluatedModel[],
  frames: AsyncIterable<Frame> | Iterable<Frame>,
): Promise<Map<string, number>> {
  const flagged = new Map(models.map(({ name }) => [name, 0]));
  let all = 0;
  for await (const { width, height, pixels } of frames) {
    all++;
    for (const { model, name } of models) {
      const batch = { width, height, count: 1, pixels: pixels.slice() };
      const wanted = { density: false, maxLocalCount: true, pool: 7, certainty: true };
      const [found] = await model.predict(batch, wanted);
      if (found!.certainty && found!.certainty.unlike !== "") flagged.set(name, flagged.get(name)! + 1);
    }
  }
  return new Map([...flagged].map(([name, some]) => [name, some / all]));
}

/** A row for each kind of frames; what is asked and missed is bold. */
export function flagsTable(flags: readonly Flags[], models: readonly string[]): string {
  const rows = flags.map(({ title, shares, atMost = 1, atLeast = 0 }) => [
    title,
    atLeast > 0 ? `at least ${asPercent(atLeast)}` : `at most ${asPercent(atMost)}`,
    ...models.map((model) => {
      const share = shares.get(model)!;
      return stressedIf(share > atMost || share < atLeast, asPercent(share));
    }),
  ]);
  return markdownTable(["frames", "asked", ...models], rows);
}

function asPercent(share: number): string {
  return `${(100 * share).toFixed(share < 0.02 && share > 0 ? 1 : 0)} %`;
}
