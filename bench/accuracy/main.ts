import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../src/base/home.js";
import type { EvaluatedModel } from "../../src/evaluate/evaluate.js";
import { Predictor } from "../../src/predict/predictor.js";
import { blinkingTable } from "./blinking.js";
import { coverageTable, flagsTable, measureFlags } from "./certainty.js";
import { CONDITIONS, QUICK_SIZES, SIZES } from "./conditions.js";
import { fillIn } from "./documents.js";
import { mapsPicture } from "./maps-picture.js";
import { measure } from "./measure.js";
import { type AccuracyOptions, readOptions } from "./options.js";
import { measureOwn } from "./own-frames.js";
import { countsPlot } from "./plot.js";
import { terminalProgress as progress } from "./progress.js";
import { measureRealStacks } from "./real-stacks.js";
import { type Results, SOURCES, type SourceLetter } from "./results.js";
import { framesOf, SASS, SECOND, type StackTruth, stacksIn } from "./stacks.js";
import { countTable, ownTable, realTable, sourceTable } from "./tables.js";
import { ranking, thresholdTables } from "./thresholds.js";

/**
 * Measures how models count beside the original's: the shipped ones, for docs/accuracy.md and the models' cards, or candidates, for the terminal.
 * docs/accuracy.md says what is measured.
 */

const ORIGINAL = "original";
const REFERENCE = join(packageRoot, "..", "shared", "reference");
const FOLDERS = {
  b: join(REFERENCE, "sass"),
  c: join(REFERENCE, "real"),
  d: join(packageRoot, "test", "data", "accuracy", "second"),
} as const;
/** The frame that is drawn with its maps: of which stack, and its number from 0. */
const DRAWN = { path: join(FOLDERS.c, "real_scmos.tif"), index: 1 } as const;
const CERTAINTY = join(packageRoot, "docs", "certainty.md");
/** Stacks that flags are counted on, and the plan of frames like the training's, with a seed of their own. */
const STRANGE = {
  real: stacksIn(FOLDERS.c, { tables: false }),
  strange: stacksIn(join(packageRoot, "test", "data", "accuracy", "strange"), { tables: false }),
  plan: join(packageRoot, "models", "certainty-plan.json"),
  seed: 990_001,
} as const;
const ACCURACY = join(packageRoot, "docs", "accuracy.md");

const options = readOptions(process.argv.slice(2));
if (!existsSync(options.original)) {
  console.error(
    `No original model at ${options.original}: there is nothing to compare with. --original FILE.h5 names it.`,
  );
  process.exit(1);
}
const predictor = await Predictor.start();
const folder = options.data ?? (await mkdtemp(join(tmpdir(), "accuracy-")));
try {
  const models = await load([{ name: ORIGINAL, path: options.original }, ...options.models]);
  if (options.picture !== undefined) await draw(models, options.picture);
  else await compare(models, options);
} finally {
  await predictor.close();
  if (options.data === undefined) await rm(folder, { recursive: true, force: true });
}

async function load(models: AccuracyOptions["models"]): Promise<EvaluatedModel[]> {
  const loaded: EvaluatedModel[] = [];
  for (const { name, path } of models) loaded.push({ model: await predictor.load(path), name });
  return loaded;
}

async function draw(models: readonly EvaluatedModel[], picture: string): Promise<void> {
  await writeFile(picture, await mapsPicture(models, DRAWN.path, DRAWN.index));
  console.log(picture);
}

async function compare(
  all: readonly EvaluatedModel[],
  { candidates, quick, sources }: AccuracyOptions,
): Promise<void> {
  const results = await measureSources(all, sources, quick);
  const models = all.slice(1).map(({ name }) => name);
  const thresholds = thresholdTables(results, ORIGINAL, models);
  progress("");
  console.log(`${thresholds}\n\n${ranking(results, ORIGINAL, models)}`);
  if (candidates || quick) return;
  const names = [ORIGINAL, ...models];
  const whole = Object.values(results).every((source) => source.length > 0);
  await fillIn(ACCURACY, { ...(whole && { thresholds }), ...tablesOf(results, models) });
  if (whole) await fillIn(CERTAINTY, { coverage: coverageTable(results, models) });
  const shown = results.own.find(({ side }) => side === 128)?.conditions;
  if (!shown) return;
  await writeFile(join(packageRoot, "docs", "images", "counts.png"), await countsPlot(shown, names));
  for (const name of models) {
    await fillIn(join(packageRoot, "models", `${name}.md`), { counts: countTable(shown, [name]) });
  }
  const flags = await measureFlags(all.slice(1), STRANGE, progress);
  await fillIn(CERTAINTY, { flags: flagsTable(flags, models) });
  await fillIn(ACCURACY, { blinking: await blinkingTable(predictor, folder, progress) });
}

/** The tables of the sources that were measured, by their places in docs/accuracy.md. */
function tablesOf({ own, sass, real, second }: Results, models: readonly string[]): Record<string, string> {
  return {
    ...(own.length > 0 && {
      counts: ownTable(own, "count", ORIGINAL, models),
      "max-local-counts": ownTable(own, "maxLocalCount", ORIGINAL, models),
    }),
    ...(sass.length > 0 && { sass: sourceTable(sass, ORIGINAL, models) }),
    ...(real.length > 0 && { real: realTable(real, [ORIGINAL, ...models]) }),
    ...(second.length > 0 && { second: sourceTable(second, ORIGINAL, models) }),
  };
}

async function measureSources(
  models: readonly EvaluatedModel[],
  sources: readonly SourceLetter[],
  quick: boolean,
): Promise<Results> {
  const wanted = (source: SourceLetter) => sources.includes(source);
  const stacks = (source: keyof typeof FOLDERS, tables: boolean) => {
    const paths = wanted(source) ? stacksIn(FOLDERS[source], { tables }) : [];
    if (wanted(source) && paths.length === 0) {
      console.log(
        `Source ${source} (${SOURCES[source]}) is skipped: there are no stacks in ${FOLDERS[source]}.`,
      );
    }
    return paths;
  };
  const counted = async (source: "b" | "d", rule: StackTruth) => {
    const paths = stacks(source, true);
    let frames = 0;
    return await measure(models, framesOf(paths, rule), () =>
      progress(`${++frames} frames counted: ${SOURCES[source]}`),
    );
  };
  const sizes = quick ? QUICK_SIZES : SIZES;
  return {
    own: wanted("a") ? await measureOwn(models, folder, CONDITIONS, sizes, progress) : [],
    sass: await counted("b", SASS),
    real: await measureRealStacks(models, stacks("c", false), progress),
    second: await counted("d", SECOND),
  };
}
