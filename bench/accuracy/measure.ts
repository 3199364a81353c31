import { coverageOf } from "../../src/evaluate/coverage.js";
import { type EvaluatedModel, evaluate, type FrameRecord } from "../../src/evaluate/evaluate.js";
import type { EvaluationFrame } from "../../src/evaluate/evaluation-frame.js";
import { summaryOf } from "../../src/evaluate/summary.js";
import type { ConditionResult } from "./ratios.js";

/** Counts frames with models and sums up by condition, in the order in which conditions appear. */
export async function measure(
  models: readonly EvaluatedModel[],
  frames: AsyncIterable<EvaluationFrame>,
  onFrame: () => void,
): Promise<ConditionResult[]> {
  const { records } = await evaluate(models, frames, { worst: 0, onFrame });
  return [...groupedBy(records, ({ condition }) => condition.name)].map(([name, own]) => {
    const byModel = [...groupedBy(own, ({ model }) => model)];
    const covered = byModel.map(([model, group]) => [model, coverageOf(group)] as const);
    return {
      name,
      models: new Map(byModel.map(([model, group]) => [model, summaryOf(group)])),
      coverage: new Map(covered.flatMap(([model, coverage]) => (coverage ? [[model, coverage]] : []))),
    };
  });
}

function groupedBy(
  records: readonly FrameRecord[],
  keyOf: (record: FrameRecord) => string,
): Map<string, FrameRecord[]> {
  const groups = new Map<string, FrameRecord[]>();
  for (const record of records) {
    const key = keyOf(record);
    const group = groups.get(key);
    if (group) group.push(record);
    else groups.set(key, [record]);
  }
  return groups;
}
