import { shortNumber } from "../evaluate/words.js";
import type { Judgement, ModelJudgement } from "./judgement.js";

/** One measure of the models before and after a tuning, in words. */
export interface JudgementRow {
  title: string;
  before: string;
  after: string;
}

const ROWS: readonly { title: string; text(judgement: ModelJudgement): string }[] = [
  {
    title: "mean absolute error of the count, matched frames",
    text: ({ countError }) => shortNumber(countError),
  },
  {
    title: "mean absolute error of the max local count, matched frames",
    text: ({ maxLocalCountError }) => shortNumber(maxLocalCountError),
  },
  { title: "fog: share of the map away from any spot, own frames", text: ({ own }) => own.fog.toFixed(3) },
  {
    title: "rise of the count for one more molecule, own frames",
    text: ({ own: { rise } }) => `${rise.mean.toFixed(2)} ± ${rise.deviation.toFixed(2)}`,
  },
];

/** Both models side by side. */
export function judgementRows({ before, after }: Judgement): JudgementRow[] {
  return ROWS.map(({ title, text }) => ({ title, before: text(before), after: text(after) }));
}
