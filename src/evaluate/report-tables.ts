import { escapeXml } from "../picture/svg.js";
import type { ConditionInfo } from "./evaluation-data.js";
import type { Agreement } from "./measures.js";
import type { GroupingSummary, GroupSummary, Summary } from "./summary.js";
import { correlationText, intervalText, MEASURES, percent, shortNumber } from "./words.js";

/** Models side by side, over all frames. */
export function totalTable(models: readonly string[], total: ReadonlyMap<string, Summary>): string {
  const heads = models.map((model) => `<th scope="col">${escapeXml(model)}</th>`).join("");
  const rows = MEASURES.map(({ title, unit, value, interval }) => {
    const cells = models.map((model) => {
      const summary = total.get(model)!;
      return numberCell(value(summary), interval?.(summary));
    });
    const name = unit ? `${title}, ${unit}` : title;
    return `<tr><th scope="row">${escapeXml(name)}</th>${cells.join("")}</tr>`;
  });
  return scrolling(
    "All frames",
    `<table><caption>All frames; in small type the 95 % confidence interval</caption><thead><tr><td></td>${heads}</tr></thead><tbody>${rows.join("")}</tbody></table>`,
  );
}

const AGREEMENT_HEADS = ["true mean", "bias", "relative bias", "MAE", "RMSE", "r"];

/** Tables of groups: their titles, and the cells of a row. */
const GROUP_TABLES: readonly {
  title: string;
  heads: readonly string[];
  cells(summary: Summary): string[];
}[] = [
  { title: "Count", heads: AGREEMENT_HEADS, cells: ({ count }) => agreementCells(count) },
  {
    title: "Max local count and map",
    heads: [...AGREEMENT_HEADS, "map difference", "map RMSE"],
    cells: ({ maxLocalCount, map }) => [
      ...agreementCells(maxLocalCount),
      numberCell(shortNumber(map.perFrame)),
      numberCell(shortNumber(map.rmse)),
    ],
  },
];

/** The groups of one kind. In each group, models are one below the other. */
export function groupTables(
  models: readonly string[],
  { title, unit, groups }: Pick<GroupingSummary, "title" | "unit" | "groups">,
): string {
  const by = unit ? `${title}, ${unit}` : title;
  return GROUP_TABLES.map(({ title: part, heads, cells }) => {
    const columns = ["frames", ...heads].map((name) => `<th scope="col">${name}</th>`);
    const texts = ["group", "model"].map((name) => `<th scope="col" class="text">${name}</th>`);
    const head = `<thead><tr>${[...texts, ...columns].join("")}</tr></thead>`;
    const bodies = groups.map((group) => groupBody(models, group, cells));
    const caption = `${part} by ${by}`;
    return scrolling(
      caption,
      `<table><caption>${escapeXml(caption)}</caption>${head}${bodies.join("")}</table>`,
    );
  }).join("");
}

function groupBody(
  models: readonly string[],
  { label, models: summaries }: GroupSummary,
  cells: (summary: Summary) => string[],
): string {
  const present = models.filter((model) => summaries.has(model));
  const rows = present.map((model, i) => {
    const summary = summaries.get(model)!;
    const first = i === 0 ? `<th scope="rowgroup" rowspan="${present.length}">${escapeXml(label)}</th>` : "";
    const numbers = [numberCell(String(summary.frames)), ...cells(summary)];
    return `<tr>${first}<th scope="row">${escapeXml(model)}</th>${numbers.join("")}</tr>`;
  });
  return `<tbody>${rows.join("")}</tbody>`;
}

function agreementCells(agreement: Agreement): string[] {
  const { trueMean, bias, biasInterval, relativeBias, mae, maeInterval, rmse, rmseInterval, correlation } =
    agreement;
  return [
    numberCell(shortNumber(trueMean)),
    numberCell(shortNumber(bias, true), intervalText(biasInterval, true)),
    numberCell(percent(relativeBias)),
    numberCell(shortNumber(mae), intervalText(maeInterval)),
    numberCell(shortNumber(rmse), intervalText(rmseInterval)),
    numberCell(correlationText(correlation)),
  ];
}

/** The parts of the data. */
export function conditionTable(conditions: readonly ConditionInfo[]): string {
  const heads = ["frames", "size, pixels", "pixel, nm"].map((head) => `<th scope="col">${head}</th>`);
  const texts = ["point spread", "truth"].map((head) => `<th scope="col" class="text">${head}</th>`);
  const rows = conditions.map(({ name, frames, width, height, pixelSize, psf, truth }) => {
    const numbers = [String(frames), `${width} × ${height}`, pixelSize === undefined ? "–" : `${pixelSize}`];
    const cells = [
      ...numbers.map((text) => numberCell(text)),
      ...[psf ?? "–", truth].map((text) => `<td class="text">${escapeXml(text)}</td>`),
    ];
    return `<tr><th scope="row">${escapeXml(name)}</th>${cells.join("")}</tr>`;
  });
  const head = `<tr><th scope="col" class="text">condition</th>${heads.join("")}${texts.join("")}</tr>`;
  const warnings = conditions.flatMap(({ name, warnings: told = [] }) =>
    told.map((warning) => `<p>${escapeXml(`${name}: ${warning}`)}</p>`),
  );
  const table = `<table><caption>What was counted</caption><thead>${head}</thead><tbody>${rows.join("")}</tbody></table>`;
  return scrolling("Data", table) + warnings.join("");
}

function numberCell(value: string, interval = ""): string {
  return `<td>${value}${interval ? `<br><small>${interval}</small>` : ""}</td>`;
}

/** Wraps what may be wider than the page, so that it scrolls by itself, also by keyboard. */
export function scrolling(label: string, content: string): string {
  return `<div class="scroll" role="group" tabindex="0" aria-label="${escapeXml(label)}">${content}</div>`;
}
