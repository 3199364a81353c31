import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../../src/base/home.js";
import { evaluate } from "../../src/evaluate/evaluate.js";
import { loadModels } from "../../src/evaluate/models.js";
import { openData } from "../../src/evaluate/open-data.js";
import { summarise } from "../../src/evaluate/summary.js";
import { Predictor } from "../../src/predict/predictor.js";
import {
  type AccuracyCondition,
  BLINKING,
  CONDITIONS,
  FIRST_BLINKING_SEED,
  FIRST_SEED,
} from "./conditions.js";
import { writeConditions } from "./data.js";
import { fillIn } from "./documents.js";
import { countsPlot } from "./plot.js";
import { type AccuracyResults, countTable, goalTable, localCountTable } from "./tables.js";

/**
 * How the shipped models count beside the original's, on conditions that no training saw, and a network for three frames beside one for single frames, trained on the same. Writes docs/accuracy.md and the
 * figures of the models' cards.
 */
const { values: options } = parseArgs({
  options: {
    original: {
      type: "string",
      default: join(packageRoot, "..", "shared", "reference", "defcon_tf13.h5"),
    },
    data: { type: "string" },
  },
});

/** A model that is measured, under the name that it has in tables. */
type Measured = readonly [name: string, path: string];

const SHIPPED = ["defcon", "defcon-fast"] as const;
const ORIGINAL = "original";
const ACCURACY = join(packageRoot, "docs", "accuracy.md");
const shipped = (name: string): Measured => [name, join(packageRoot, "models", `${name}.onnx`)];
const compared = (name: string, file: string): Measured => [
  name,
  join(packageRoot, "bench", "accuracy", "models", `${file}.onnx`),
];

const folder = options.data ?? (await mkdtemp(join(tmpdir(), "accuracy-")));
const predictor = await Predictor.start();
try {
  await measureShipped();
  await measureBlinking();
} finally {
  await predictor.close();
  if (options.data === undefined) await rm(folder, { recursive: true, force: true });
}

async function measureShipped(): Promise<void> {
  const withOriginal = existsSync(options.original);
  const original: Measured[] = withOriginal ? [[ORIGINAL, options.original]] : [];
  const models = [...original, ...SHIPPED.map(shipped)];
  const results = await measured(join(folder, "conditions"), CONDITIONS, FIRST_SEED, models);
  const names = models.map(([name]) => name);
  const tables = {
    counts: countTable(results, names),
    "max-local-counts": localCountTable(results, names),
  };
  if (withOriginal) {
    const goals = goalTable(results, ORIGINAL, SHIPPED);
    console.log(goals);
    await fillIn(ACCURACY, { goals, ...tables });
    await writeFile(join(packageRoot, "docs", "images", "counts.png"), await countsPlot(results, names));
  } else {
    console.log(
      `${tables.counts}\n\nNo original model at ${options.original}: these tables are left as they were.`,
    );
  }
  for (const name of SHIPPED) {
    await fillIn(join(packageRoot, "models", `${name}.md`), { counts: countTable(results, [name]) });
  }
}

async function measureBlinking(): Promise<void> {
  const models = [
    compared("defcon, same frames", "defcon-blinking"),
    compared("defcon3d", "defcon3d"),
    shipped("defcon"),
  ];
  const results = await measured(join(folder, "blinking"), BLINKING, FIRST_BLINKING_SEED, models);
  const blinking = countTable(
    results,
    models.map(([name]) => name),
  );
  console.log(blinking);
  await fillIn(ACCURACY, { blinking });
}

async function measured(
  path: string,
  conditions: readonly AccuracyCondition[],
  firstSeed: number,
  models: readonly Measured[],
): Promise<AccuracyResults> {
  await writeConditions(path, conditions, firstSeed, (done) =>
    progress(`${done} of ${conditions.length} conditions simulated`),
  );
  const data = await openData(path, {});
  try {
    const loaded = await loadModels(
      predictor,
      models.map(([, file]) => file),
    );
    for (const [i, [name]] of models.entries()) loaded[i]!.name = name;
    let frames = 0;
    const all = data.conditions.reduce((sum, condition) => sum + condition.frames, 0);
    const { records } = await evaluate(predictor, loaded, data.frames(), {
      worst: 0,
      onFrame: () => progress(`${++frames} of ${all} frames counted`),
    });
    const { total, groupings } = summarise(records);
    const groups = new Map(
      groupings
        .find(({ name }) => name === "condition")!
        .groups.map(({ label, models: own }) => [label, own]),
    );
    return {
      total,
      conditions: conditions.map((condition) => ({ ...condition, models: groups.get(condition.name)! })),
    };
  } finally {
    await data.close();
  }
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
