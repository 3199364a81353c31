import { BAND } from "../control/loop-quality.js";
import { htmlPage } from "../evaluate/html-page.js";
import { scrolling } from "../evaluate/report-tables.js";
import { certainDigits } from "../evaluate/words.js";
import { linePlot } from "../picture/line-plot.js";
import { escapeXml } from "../picture/svg.js";
import type { RehearsalPlan, SecondMeans, WayResult } from "./rehearsal.js";
import { WAY_MEASURES } from "./rehearsal-tables.js";

const PLOT = { width: 1080, height: 320, lines: true } as const;
/** Most points of a line. With more, means of several seconds are drawn. */
const MOST_POINTS = 500;

/** The page of a rehearsal, with everything in it. */
export function rehearsalPage(plan: RehearsalPlan, ways: readonly WayResult[]): string {
  const plots = rehearsalPlots(plan, ways).map(
    (svg) => `<figure>${scrolling("Plot over time", svg)}</figure>`,
  );
  return htmlPage(
    "Rehearsal of light control",
    `<h1>Rehearsal of light control</h1>
<p>${escapeXml(planText(plan))}</p>
${wayTable(ways)}
<div class="plots">${plots.join("")}</div>
${MEANING}`,
  );
}

/** What was rehearsed, in words. */
function planText({ microscope, control, seconds }: RehearsalPlan): string {
  const { width, height, exposure } = microscope.simulation;
  const { disturbedAt, disturbance, drift, labelling, blinks } = microscope;
  const events = [
    disturbedAt === undefined
      ? ""
      : ` At ${certainDigits(disturbedAt, 4)} s the light loses effect: ${certainDigits(100 * disturbance, 3)} % are left.`,
    drift ? ` The stage drifts by ${certainDigits(drift, 3)} nm/s.` : "",
  ];
  return (
    `A simulated sample for ${certainDigits(seconds, 5)} s, ${width} × ${height} pixels every ${certainDigits(1000 * exposure, 3)} ms, ` +
    `${certainDigits(labelling, 4)} molecules per µm² that come on ${certainDigits(blinks, 3)} times each. ` +
    `Set point: ${certainDigits(control.setPoint, 4)} molecules in a frame; output from ${control.outputMin} to ${control.outputMax}.` +
    events.join("")
  );
}

function wayTable(ways: readonly WayResult[]): string {
  const heads = WAY_MEASURES.map(
    ({ title, unit }) => `<th scope="col">${escapeXml(unit ? `${title}, ${unit}` : title)}</th>`,
  );
  const rows = ways.map((way) => {
    const cells = WAY_MEASURES.map(({ text }) => `<td>${text(way)}</td>`);
    return `<tr><th scope="row">${escapeXml(way.name)}</th>${cells.join("")}</tr>`;
  });
  return scrolling(
    "Ways to steer",
    `<table><caption>The true count against the set point</caption><thead><tr><th scope="col" class="text">way</th>${heads.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`,
  );
}

/** The true count and the output over time, each with all ways. */
export function rehearsalPlots({ control, microscope }: RehearsalPlan, ways: readonly WayResult[]): string[] {
  const { setPoint } = control;
  const { disturbedAt } = microscope;
  const lines = (column: "count" | "output") =>
    ways.map(({ name, seconds }) => ({ label: name, ...thinned(seconds, column) }));
  const common = { ...PLOT, xLabel: "time, s", ...(disturbedAt !== undefined && { markX: disturbedAt }) };
  const names = ways.map(({ name }) => name).join(", ");
  return [
    linePlot(lines("count"), {
      ...common,
      yLabel: "true count",
      markY: [setPoint * (1 - BAND), setPoint, setPoint * (1 + BAND)],
      description: `True count over time of ${names}, with the set point and the band of 20 % around it`,
    }),
    linePlot(lines("output"), {
      ...common,
      yLabel: "output",
      description: `Output over time of ${names}`,
    }),
  ];
}

function thinned(seconds: SecondMeans, column: "count" | "output"): { x: number[]; y: number[] } {
  const step = Math.ceil(seconds.time.length / MOST_POINTS);
  const [x, y]: [number[], number[]] = [[], []];
  for (let first = 0; first < seconds.time.length; first += step) {
    const values = seconds[column].slice(first, first + step);
    x.push(seconds.time[Math.min(seconds.time.length, first + step) - 1]!);
    y.push(values.reduce((sum, value) => sum + value, 0) / values.length);
  }
  return { x, y };
}

const MEANING = `<h2>What the numbers mean</h2>
<dl>
<dt>settling time</dt><dd>Until the mean over three seconds comes within 20 % of the set point and stays there for nine tenths of the next ten seconds and of all the time that follows. The step of the output that tunes the controller is in it; – where it never settled.</dd>
<dt>overshoot</dt><dd>Largest mean over three seconds above the set point after that was first reached.</dd>
<dt>steady-state error</dt><dd>Mean excess over the set point once settled.</dd>
<dt>light dose</dt><dd>Output times time.</dd>
<dt>constant light</dt><dd>The light at which the true count was first held, as a person would set it at the start.</dd>
<dt>true count</dt><dd>Molecules that count by the rule of simulations, which no microscope knows.</dd>
</dl>`;
