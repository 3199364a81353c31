import { seriesClass } from "../picture/axes.js";
import { greyImage, percentileRange, type RgbaImage, viridisImage } from "../picture/image.js";
import { marker } from "../picture/marker.js";
import { escapeXml } from "../picture/svg.js";
import type { Evaluation } from "./evaluate.js";
import type { ConditionInfo } from "./evaluation-data.js";
import { htmlPage, htmlPicture } from "./html-page.js";
import { agreementPlots, groupPlots, residualPlots } from "./report-plots.js";
import { conditionTable, groupTables, scrolling, totalTable } from "./report-tables.js";
import type { EvaluationSummary, GroupingSummary } from "./summary.js";
import { shortNumber } from "./words.js";
import type { WorstFrame } from "./worst-frames.js";

/** What a report shows. */
export interface ReportContent {
  /** Name of the folder or file that was counted. */
  data: string;
  conditions: readonly ConditionInfo[];
  evaluation: Evaluation;
  summary: EvaluationSummary;
}

interface Section {
  id: string;
  title: string;
  content: string;
}

/** The report as one HTML page with everything in it: no script, no other file. */
export function reportPage(content: ReportContent): string {
  const { data, evaluation, summary } = content;
  const { models } = evaluation;
  const title = `${models.join(", ")} on ${data}`;
  const sections = sectionsOf(content);
  const links = sections.map(({ id, title: name }) => `<li><a href="#${id}">${escapeXml(name)}</a></li>`);
  const frames = summary.total.get(models[0]!)?.frames ?? 0;
  return htmlPage(
    `Evaluation: ${title}`,
    `<h1>${escapeXml(title)}</h1>
<p>${frames} frames, counted by ${models.length === 1 ? "one model" : `${models.length} models`}; max local counts over ${evaluation.pool} × ${evaluation.pool} pixels.</p>
${keyOf(models)}
<nav aria-label="Sections"><ul>${links.join("")}</ul></nav>
${sections.map(({ id, title: name, content: body }) => `<section aria-labelledby="${id}"><h2 id="${id}">${escapeXml(name)}</h2>${body}</section>`).join("\n")}`,
  );
}

function sectionsOf({ conditions, evaluation, summary }: ReportContent): Section[] {
  const { models } = evaluation;
  return [
    { id: "all", title: "All frames", content: totalTable(models, summary.total) },
    {
      id: "agreement",
      title: "Predicted and true",
      content:
        plots("Predicted over true counts", agreementPlots(evaluation, "count", "count")) +
        plots(
          "Predicted over true max local counts",
          agreementPlots(evaluation, "maxLocalCount", "max local count"),
        ),
    },
    ...summary.groupings.map((grouping) => groupSection(evaluation, grouping)),
    { id: "worst", title: "Worst frames", content: worstFrames(evaluation) },
    { id: "data", title: "Data", content: conditionTable(conditions) },
    { id: "meaning", title: "What the numbers mean", content: MEANING },
  ];
}

function groupSection(evaluation: Evaluation, grouping: GroupingSummary): Section {
  const { name, title, unit, groups } = grouping;
  const { models } = evaluation;
  const residuals =
    name === "density" ? plots("Errors of the count over density", residualPlots(evaluation)) : "";
  const frames = groups.reduce((sum, group) => sum + (group.models.get(models[0]!)?.frames ?? 0), 0);
  const content =
    groups.length === 1
      ? `<p>One group of ${frames} frames: ${escapeXml(groups[0]!.label)}${unit && ` ${unit}`}.</p>${residuals}`
      : plots(`Errors by ${title}`, groupPlots(models, grouping), keyOf(models)) +
        groupTables(models, grouping) +
        residuals;
  return { id: `by-${name}`, title: `By ${title}`, content };
}

/** Drawings in a row that wraps. @param key legend of their marks, if the drawings have none */
function plots(label: string, drawings: readonly string[], key = ""): string {
  const figures = drawings.map((svg) => `<figure>${scrolling(label, svg)}</figure>`);
  return `<h3>${escapeXml(label)}</h3>${key}<div class="plots">${figures.join("")}</div>`;
}

/** Legend of the marks that tell models apart. */
function keyOf(models: readonly string[]): string {
  return `<ul class="key" aria-label="Models">${models.map(keyEntry).join("")}</ul>`;
}

function keyEntry(model: string, index: number): string {
  const mark = `<svg class="${seriesClass(index)}" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" fill="currentColor">${marker(index, 7, 7, 5)}</svg>`;
  return `<li>${mark}${escapeXml(model)}</li>`;
}

function worstFrames({ models, worst }: Evaluation): string {
  const intro =
    "<p>The frames whose counts are farthest from the truth. Both maps of a frame have the same colours, from 0 to the true map's largest value; large frames are shown reduced.</p>";
  const byModel = models.map((model) => {
    const figures = (worst.get(model) ?? []).map(worstFigure).join("");
    return `<h3>${escapeXml(model)}</h3><div class="worst">${figures || "<p>None.</p>"}</div>`;
  });
  return intro + byModel.join("");
}

function worstFigure({
  condition,
  frame,
  trueCount,
  count,
  image,
  trueDensity,
  density,
}: WorstFrame): string {
  const high = percentileRange(trueDensity.pixels, 0, 1).high || percentileRange(density.pixels, 0, 1).high;
  const range = { low: 0, high };
  const where = `${condition}, frame ${frame}`;
  const [truth, found] = [shortNumber(trueCount), shortNumber(count)];
  const pictures = [
    picture(`${where}: the frame`, "frame", greyImage(image, percentileRange(image.pixels))),
    picture(`${where}: true density, ${truth} emitters`, "true map", viridisImage(trueDensity, range)),
    picture(`${where}: predicted density, ${found} emitters`, "predicted map", viridisImage(density, range)),
  ];
  const error = shortNumber(count - trueCount, true);
  const caption = `${escapeXml(where)}: true ${truth}, counted ${found} (${error})`;
  return `<figure><figcaption>${caption}</figcaption><div class="pictures">${pictures.join("")}</div></figure>`;
}

function picture(alt: string, title: string, image: RgbaImage): string {
  return `<div>${htmlPicture(alt, image)}${title}</div>`;
}

const MEANING = `<dl>
<dt>true count</dt><dd>Emitters whose centre lies in the frame and that are brighter than the threshold, also those that are on for a part of it. In training sets: the sum of the true map.</dd>
<dt>max local count</dt><dd>The largest sum of a density map over a square of pixels; the true one is that of the true map.</dd>
<dt>bias</dt><dd>Mean of predicted minus true. The relative bias is the sum of these over the sum of true values.</dd>
<dt>mean absolute error (MAE), root mean square error (RMSE)</dt><dd>Of predicted minus true, over frames.</dd>
<dt>correlation (r)</dt><dd>Pearson's, over frames; – where one side does not vary.</dd>
<dt>map difference</dt><dd>Absolute differences of predicted and true map, summed over a frame: 0 for equal maps, twice the count for maps with everything in wrong places. The other two errors are means over pixels.</dd>
<dt>95 % interval</dt><dd>By the normal approximation, frames taken as independent. Frames that follow one another share emitters, so that the true uncertainty is larger.</dd>
<dt>groups</dt><dd>Frames by their own values: a bin holds values from its first number up to but not including its second. Signal and background are means over the emitters that count.</dd>
</dl>`;
