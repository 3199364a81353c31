import type { EngineChoice } from "../engine/engine.js";
import type { FramePosition } from "../frames/frame.js";
import type { OpenOptions } from "../frames/open-options.js";
import type { AskedFrames, Shard } from "../predict/frame-range.js";
import type { LoadedModel } from "../predict/loaded-model.js";
import type { DensityKind } from "../predict/outputs.js";
import type { Wanted } from "../predict/prediction.js";
import type { CountedFrame } from "../predict/stack.js";

/** The options of `predict`, as commander gives them. */
export interface PredictOptions extends OpenOptions, EngineChoice {
  model?: string;
  output?: string;
  index?: number;
  frames?: AskedFrames;
  shard?: Shard;
  pool?: number;
  follow?: boolean;
  idle?: number;
  as: DensityKind;
  force?: boolean;
  json?: boolean;
}

/** What is predicted for each frame. */
export function wantedOf(model: LoadedModel, { pool }: Pick<PredictOptions, "pool">): Wanted {
  return { density: true, maxLocalCount: true, pool: pool ?? model.summary.pool, certainty: true };
}

/** A frame as `--json` prints it. */
export function jsonLine(
  file: string,
  { index, count, maxLocalCount, certainty }: CountedFrame,
  position?: FramePosition,
): string {
  return JSON.stringify({
    ...{ file, frame: index + 1, count, max_local_count: maxLocalCount },
    ...(certainty && {
      count_error: certainty.countError,
      max_local_count_error: certainty.maxLocalCountError,
      away_from_spots: certainty.away,
      unlike_training: certainty.unlike,
    }),
    ...position,
  });
}
