import { type EvaluatedModel, evaluate } from "../evaluate/evaluate.js";
import { summarise } from "../evaluate/summary.js";
import { Predictor } from "../predict/predictor.js";
import { measureReal, type RealModelResult, type RealStack } from "../spots/real-frames.js";
import { matchedFrames } from "./matched-frames.js";

/** How well a model counts frames like the recording's, and the recording's own. */
export interface ModelJudgement {
  /** Mean absolute errors on matched frames. */
  countError: number;
  maxLocalCountError: number;
  own: RealModelResult;
}

/** The model that a tuning started from, and the one that it made. */
export interface Judgement {
  before: ModelJudgement;
  after: ModelJudgement;
  /** Why the new model should not be used; empty if it should. */
  objections: string[];
}

/**
 * How much worse a model may be in one respect if it is better in another.
 * Error is a factor; fog and rise differ by this much from frame to frame.
 */
const TOLERANCE = { error: 1.05, fog: 0.01, rise: 0.03 } as const;

/**
 * Compares a model with the one it was tuned from, on frames that neither was trained on.
 * @param plan path of the tuning's plan
 * @throws InputError, EngineError
 */
export async function judge(
  models: { before: string; after: string },
  plan: string,
  own: RealStack,
): Promise<Judgement> {
  const predictor = await Predictor.start();
  try {
    const names = ["before", "after"] as const;
    const compared: EvaluatedModel[] = [];
    for (const name of names) compared.push({ model: await predictor.load(models[name]), name });
    const { records } = await evaluate(compared, matchedFrames(plan), { worst: 0 });
    const { total } = summarise(records);
    const real = await measureReal(compared, own);
    const of = (name: string): ModelJudgement => ({
      countError: total.get(name)!.count.mae,
      maxLocalCountError: total.get(name)!.maxLocalCount.mae,
      own: real.get(name)!,
    });
    const [before, after] = [of("before"), of("after")];
    return { before, after, objections: objections(before, after) };
  } finally {
    await predictor.close();
  }
}

function objections(before: ModelJudgement, after: ModelJudgement): string[] {
  const found: string[] = [];
  const count = after.countError / before.countError;
  const local = after.maxLocalCountError / before.maxLocalCountError;
  if (count >= 1 && local >= 1) found.push("it counts matched frames no better than before");
  else if (Math.max(count, local) > TOLERANCE.error) {
    found.push(`its ${count > local ? "count" : "max local count"} of matched frames is worse than before`);
  }
  if (after.own.fog > before.own.fog + TOLERANCE.fog) {
    found.push(
      `${percentOf(after.own.fog)} of its map of your own frames lies away from spots, before ${percentOf(before.own.fog)}`,
    );
  }
  const [rise, riseBefore] = [after.own.rise.mean, before.own.rise.mean];
  if (Math.abs(rise - 1) > Math.abs(riseBefore - 1) + TOLERANCE.rise) {
    found.push(
      `a molecule put into your own frames raises its count by ${rise.toFixed(2)}, before by ${riseBefore.toFixed(2)}`,
    );
  }
  return found;
}

function percentOf(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
