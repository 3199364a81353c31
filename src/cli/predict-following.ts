import { basename } from "node:path";
import { cancelled, isCancelled, untilCancelled } from "../base/cancelled.js";
import { InputError } from "../base/errors.js";
import { type GrowingSource, openGrowing } from "../frames/growing/growing-source.js";
import { openOptions } from "../frames/open-options.js";
import { CertaintySummary } from "../predict/certainty-summary.js";
import { followFrames } from "../predict/follow.js";
import { FollowedResults } from "../predict/followed-results.js";
import type { LoadedModel } from "../predict/loaded-model.js";
import type { OutputPaths } from "../predict/outputs.js";
import { Predictor } from "../predict/predictor.js";
import { tellEngine } from "./engine-option.js";
import { watchSignals } from "./interrupt.js";
import { jsonLine, type PredictOptions, wantedOf } from "./predict-options.js";
import { StatusLine } from "./progress.js";

/** How following is ended from outside: first in good order, then at once. */
interface Ends {
  told: AbortSignal;
  signal: AbortSignal;
}

/** `defcon-fiji predict --follow`: counts a recording while it is being written. */
export async function predictFollowing(
  input: string,
  paths: OutputPaths,
  options: PredictOptions,
): Promise<void> {
  const [told, stop] = [new AbortController(), new AbortController()];
  const unwatch = watchSignals(() => {
    if (told.signal.aborted) stop.abort();
    else if (!options.json) console.error("counting what is whole; Ctrl-C again ends at once");
    told.abort();
  });
  const lost = () => {
    told.abort();
    stop.abort();
  };
  process.stdout.on("error", lost);
  const source = await openGrowing(input, openOptions(options));
  try {
    const predictor = await Predictor.start(options);
    try {
      tellEngine(options, predictor);
      const model = await untilCancelled(predictor.load(options.model), stop.signal);
      if (!options.json) {
        console.error(`model ${model.name}, engine ${predictor.engine} on ${predictor.device}`);
      }
      await follow(model, source, paths, options, { told: told.signal, signal: stop.signal });
    } finally {
      await predictor.close();
    }
  } finally {
    await source.close();
    process.stdout.off("error", lost);
    unwatch();
  }
}

async function follow(
  model: LoadedModel,
  source: GrowingSource,
  paths: OutputPaths,
  options: PredictOptions,
  ends: Ends,
): Promise<void> {
  const results = await FollowedResults.create(paths, options.force);
  const line = new StatusLine();
  const name = basename(source.path);
  const summary = new CertaintySummary();
  const counted = followFrames(model, source, wantedOf(model, options), {
    ...ends,
    ...(options.idle !== undefined && { idleMs: 1000 * options.idle }),
    onWait: () => line.show(() => `${name}  ${results.frames} frames, waiting for more`),
  });
  let rest: string | undefined;
  try {
    for (;;) {
      const next = await counted.next();
      if (next.done) {
        rest = next.value.rest;
        break;
      }
      const frame = next.value;
      summary.add(frame);
      await results.add(frame);
      if (options.json) console.log(jsonLine(source.path, frame));
      else line.show(() => `${name}  ${results.frames} frames`);
    }
  } catch (error) {
    if (!isCancelled(error)) throw error;
    throw cancelled({ subject: `cancelled; ${leftWords(results.frames, paths)}` });
  } finally {
    line.clear();
    await results.finish();
  }
  for (const note of source.notes ?? []) console.error(`${source.path}: ${note}`);
  if (rest) console.error(`${source.path}: not counted: ${rest}`);
  if (results.frames === 0) {
    throw new InputError("INPUT_TRUNCATED", {
      subject: source.path,
      expected: "a recording with a whole frame",
      found: "none so far",
      advice: "Begin to follow once the recording is under way, or wait longer with --idle.",
    });
  }
  if (options.json) return;
  console.log(`${source.path}: ${results.frames} ${results.frames === 1 ? "frame" : "frames"}`);
  for (const text of summary.lines()) console.log(`  ${text}`);
  console.log(`  ${paths.density}\n  ${paths.counts}`);
}

function leftWords(frames: number, paths: OutputPaths): string {
  return frames === 0 ? "no frame was counted" : `${paths.counts} has frames 1 to ${frames}`;
}
