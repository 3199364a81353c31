import type { FrameRecord } from "./evaluate.js";
import { type Grouping, groupingsOf } from "./groups.js";
import { type Agreement, agreement, mean } from "./measures.js";

/** How predicted maps differ from true ones. */
export interface MapError {
  /** Root of the mean squared difference over all pixels, emitters per pixel. */
  rmse: number;
  /** Mean absolute difference over all pixels, emitters per pixel. */
  mae: number;
  /** Absolute differences summed over a frame, mean over frames; emitters. */
  perFrame: number;
}

/** How well a model counts some frames. */
export interface Summary {
  frames: number;
  count: Agreement;
  maxLocalCount: Agreement;
  map: MapError;
}

/** The frames of one group, as each model counts them. */
export interface GroupSummary {
  /** Label: "0.2 to 0.5" and others. */
  label: string;
  /** By the model's name. */
  models: Map<string, Summary>;
}

/** All groups of one kind. */
export interface GroupingSummary extends Omit<Grouping, "groupOf"> {
  groups: GroupSummary[];
}

/** The summary of an evaluation. */
export interface EvaluationSummary {
  /** Over all frames, by the model's name. */
  total: Map<string, Summary>;
  groupings: GroupingSummary[];
}

/** Summarises records, over all frames and by every grouping that tells frames apart. */
export function summarise(records: readonly FrameRecord[]): EvaluationSummary {
  return { total: byModel(records), groupings: groupingsOf(records).map((each) => grouped(records, each)) };
}

/** How well one model counts frames. @param records of that model, at least one */
export function summaryOf(records: readonly FrameRecord[]): Summary {
  const pixels = records.reduce((sum, record) => sum + record.pixels, 0);
  const squares = records.reduce((sum, { map }) => sum + map.squares, 0);
  const absolutes = records.map(({ map }) => map.absolutes);
  const perFrame = mean(absolutes);
  return {
    frames: records.length,
    count: agreement(records.map(({ count }) => count)),
    maxLocalCount: agreement(records.map(({ maxLocalCount }) => maxLocalCount)),
    map: { rmse: Math.sqrt(squares / pixels), mae: (perFrame * records.length) / pixels, perFrame },
  };
}

function grouped(records: readonly FrameRecord[], { groupOf, ...names }: Grouping): GroupingSummary {
  const groups = new Map<string, { rank: number; records: FrameRecord[] }>();
  for (const record of records) {
    const group = groupOf(record);
    if (!group) continue;
    const known = groups.get(group.label) ?? { rank: group.rank, records: [] };
    known.records.push(record);
    groups.set(group.label, known);
  }
  const inOrder = [...groups].sort(([a, { rank: x }], [b, { rank: y }]) =>
    x === y ? a.localeCompare(b, "en", { numeric: true }) : x < y ? -1 : 1,
  );
  return {
    ...names,
    groups: inOrder.map(([label, group]) => ({ label, models: byModel(group.records) })),
  };
}

function byModel(records: readonly FrameRecord[]): Map<string, Summary> {
  const models = new Map<string, FrameRecord[]>();
  for (const record of records) {
    const known = models.get(record.model);
    if (known) known.push(record);
    else models.set(record.model, [record]);
  }
  return new Map([...models].map(([model, own]) => [model, summaryOf(own)]));
}
