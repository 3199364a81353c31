import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../../src/base/home.js";
import { evaluate } from "../../src/evaluate/evaluate.js";
import { loadModels } from "../../src/evaluate/models.js";
import { openData } from "../../src/evaluate/open-data.js";
import { summarise } from "../../src/evaluate/summary.js";
import { Predictor } from "../../src/predict/predictor.js";
import { CONDITIONS } from "./conditions.js";
import { writeConditions } from "./data.js";
import { fillIn } from "./documents.js";
import { type AccuracyResults, countTable, goalTable, localCountTable } from "./tables.js";

/** How the shipped models count beside the original's, on conditions that no training saw. Writes docs/accuracy.md and the figures of the models' cards. */
const { values: options } = parseArgs({
  options: {
    original: {
      type: "string",
      default: join(packageRoot, "..", "shared", "reference", "defcon_tf13.h5"),
    },
    data: { type: "string" },
  },
});

const SHIPPED = ["defcon", "defcon-fast"] as const;
const ORIGINAL = "original";

const folder = options.data ?? (await mkdtemp(join(tmpdir(), "accuracy-")));
try {
  await writeConditions(folder, (done) => progress(`${done} of ${CONDITIONS.length} conditions simulated`));
  const withOriginal = existsSync(options.original);
  const results = await evaluated(folder, withOriginal);
  const names = withOriginal ? [ORIGINAL, ...SHIPPED] : [...SHIPPED];
  const tables = {
    counts: countTable(results, names),
    "max-local-counts": localCountTable(results, names),
  };
  if (withOriginal) {
    const goals = goalTable(results, ORIGINAL, SHIPPED);
    console.log(goals);
    await fillIn(join(packageRoot, "docs", "accuracy.md"), { goals, ...tables });
  } else {
    console.log(
      `${tables.counts}\n\nNo original model at ${options.original}: docs/accuracy.md is left as it was.`,
    );
  }
  for (const name of SHIPPED) {
    await fillIn(join(packageRoot, "models", `${name}.md`), { counts: countTable(results, [name]) });
  }
} finally {
  if (options.data === undefined) await rm(folder, { recursive: true, force: true });
}

async function evaluated(path: string, withOriginal: boolean): Promise<AccuracyResults> {
  const shipped = SHIPPED.map((name) => join(packageRoot, "models", `${name}.onnx`));
  const predictor = await Predictor.start();
  const data = await openData(path, {});
  try {
    const models = await loadModels(predictor, withOriginal ? [options.original, ...shipped] : shipped);
    if (withOriginal) models[0]!.name = ORIGINAL;
    let frames = 0;
    const all = data.conditions.reduce((sum, condition) => sum + condition.frames, 0);
    const { records } = await evaluate(predictor, models, data.frames(), {
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
      conditions: CONDITIONS.map((condition) => ({ ...condition, models: groups.get(condition.name)! })),
    };
  } finally {
    await data.close();
    await predictor.close();
  }
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
