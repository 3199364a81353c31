import { csvCell } from "../base/csv-cell.js";
import type { FrameRecord } from "./evaluate.js";
import { areaOf, perThousandPixels } from "./groups.js";
import type { Agreement, Interval } from "./measures.js";
import type { EvaluationSummary, Summary } from "./summary.js";

/** A column of a table that programs read. Undefined leaves its cell empty. */
type Column<Row> = readonly [name: string, value: (row: Row) => string | number | undefined];

const FRAME_COLUMNS: readonly Column<FrameRecord>[] = [
  ["model", ({ model }) => model],
  ["condition", ({ condition }) => condition.name],
  ["frame", ({ frame }) => frame],
  ["true_count", ({ count }) => count.truth],
  ["count", ({ count }) => count.predicted],
  ["true_max_local_count", ({ maxLocalCount }) => maxLocalCount.truth],
  ["max_local_count", ({ maxLocalCount }) => maxLocalCount.predicted],
  ["true_map_sum", ({ trueMapSum }) => trueMapSum],
  ["map_rmse", ({ map, pixels }) => Math.sqrt(map.squares / pixels)],
  ["map_mae", ({ map, pixels }) => map.absolutes / pixels],
  ["map_difference", ({ map }) => map.absolutes],
  ["emitters_per_um2", (record) => perSquareMicrometre(record)],
  ["emitters_per_1000_pixels", perThousandPixels],
  ["signal", ({ signal }) => signal],
  ["background", ({ background }) => background],
  ["psf", ({ condition }) => condition.psf],
];

interface SummaryRow {
  model: string;
  grouping: string;
  group: string;
  summary: Summary;
}

const SUMMARY_COLUMNS: readonly Column<SummaryRow>[] = [
  ["model", ({ model }) => model],
  ["grouping", ({ grouping }) => grouping],
  ["group", ({ group }) => group],
  ["frames", ({ summary }) => summary.frames],
  ...agreementColumns("count", "count"),
  ...agreementColumns("max_local_count", "maxLocalCount"),
  ["map_rmse", ({ summary }) => summary.map.rmse],
  ["map_mae", ({ summary }) => summary.map.mae],
  ["map_difference", ({ summary }) => summary.map.perFrame],
];

/** How the two tables begin, whatever columns later versions add. */
export const TABLE_HEADS = {
  frames: headOf(FRAME_COLUMNS.slice(0, 4)),
  summary: headOf(SUMMARY_COLUMNS.slice(0, 4)),
} as const;

/** Name of the group of all frames, and of its grouping. */
const ALL = "all";

/** frames.csv: one row for each frame and model. */
export function framesCsv(records: readonly FrameRecord[]): string {
  return csv(FRAME_COLUMNS, records);
}

/** summary.csv: one row for each model and group, all frames first. */
export function summaryCsv({ total, groupings }: EvaluationSummary): string {
  const rows = (grouping: string, group: string, models: ReadonlyMap<string, Summary>): SummaryRow[] =>
    [...models].map(([model, summary]) => ({ model, grouping, group, summary }));
  return csv(SUMMARY_COLUMNS, [
    ...rows(ALL, ALL, total),
    ...groupings.flatMap(({ name, groups }) =>
      groups.flatMap(({ label, models }) => rows(name, label, models)),
    ),
  ]);
}

function agreementColumns(name: string, part: "count" | "maxLocalCount"): Column<SummaryRow>[] {
  const of = (pick: (agreement: Agreement) => number | undefined) => (row: SummaryRow) =>
    pick(row.summary[part]);
  const ends = (measure: string, pick: (agreement: Agreement) => Interval): Column<SummaryRow>[] => [
    [`${name}_${measure}_low`, of((agreement) => pick(agreement)?.[0])],
    [`${name}_${measure}_high`, of((agreement) => pick(agreement)?.[1])],
  ];
  return [
    [`${name}_true_mean`, of(({ trueMean }) => trueMean)],
    [`${name}_bias`, of(({ bias }) => bias)],
    ...ends("bias", ({ biasInterval }) => biasInterval),
    [`${name}_relative_bias`, of(({ relativeBias }) => relativeBias)],
    [`${name}_mae`, of(({ mae }) => mae)],
    ...ends("mae", ({ maeInterval }) => maeInterval),
    [`${name}_rmse`, of(({ rmse }) => rmse)],
    ...ends("rmse", ({ rmseInterval }) => rmseInterval),
    [`${name}_correlation`, of(({ correlation }) => correlation)],
  ];
}

function perSquareMicrometre(record: FrameRecord): number | undefined {
  const area = areaOf(record);
  return area === undefined ? undefined : record.count.truth / area;
}

function csv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = rows.map((row) => columns.map(([, value]) => csvCell(value(row))).join(","));
  return `${[headOf(columns), ...lines].join("\n")}\n`;
}

function headOf<Row>(columns: readonly Column<Row>[]): string {
  return columns.map(([name]) => name).join(",");
}
