import { basename } from "node:path";
import { htmlPage, htmlPicture } from "../evaluate/html-page.js";
import { certainDigits } from "../evaluate/words.js";
import type { Frame } from "../frames/frame.js";
import { percentileRange, type RgbaImage } from "../picture/image.js";
import { linePlot } from "../picture/line-plot.js";
import { escapeXml } from "../picture/svg.js";
import { findSpots } from "../spots/find-spots.js";
import { findings } from "./findings.js";
import { framePictures } from "./frame-pictures.js";
import { judgementRows } from "./judgement-rows.js";
import { MISMATCH, mismatch } from "./likeness.js";
import { type Curve, histogram, powerSpectrum, spotProfile } from "./signatures.js";
import type { Tuning } from "./tune.js";

/** What a tuning's report and card show. */
export interface TuningContent extends Omit<Tuning, "model"> {
  name: string;
  /** The model that the tuning started from. */
  from: string;
  stacks: readonly string[];
  /** Frames of the recording, and of its simulation. */
  own: readonly Frame[];
  simulated: readonly Frame[];
}

const PLOT = { width: 480, height: 300 };
/** Frames of each that the report shows. */
const SHOWN = 3;

/** The report as one HTML page, pictures included. */
export function tuningPage(content: TuningContent): string {
  const { name, from, stacks, cutShort } = content;
  const title = `${name}: tuned to ${stacks.map((path) => basename(path)).join(", ")}`;
  return htmlPage(
    title,
    `<h1>${escapeXml(title)}</h1>
<p>Started from the model ${escapeXml(from)}.${cutShort ? " The training was ended early." : ""}</p>
<h2>Before and after</h2>
${judgementTable(content)}
<h2>What was measured</h2>
${table(
  ["", "found"],
  findings(content.measurement).map(({ title: what, text }) => [what, text]),
)}
<h2>Recording and simulation</h2>
<p>${escapeXml(likenessText(content))}</p>
${table(
  ["", "unit", "recording", "its simulation", "difference"],
  content.likenesses.map(({ title: what, unit, real, simulated, difference }) => [
    what,
    unit,
    certainDigits(real, 3),
    certainDigits(simulated, 3),
    `${(100 * difference).toFixed(0)} %`,
  ]),
)}
<h3>Frames</h3>
${frames(content)}
<div class="plots">${plots(content)
      .map((svg) => `<figure>${svg}</figure>`)
      .join("")}</div>`,
  );
}

function judgementTable({ judgement, from, name }: TuningContent): string {
  const { objections } = judgement;
  const verdict =
    objections.length === 0
      ? `${name} is the better one for this recording.`
      : `${name} should not be used: ${objections.join("; ")}.`;
  const rows = judgementRows(judgement).map(({ title, before, after }) => [title, before, after]);
  return `<p>${escapeXml(verdict)}</p>${table(["", from, name], rows)}<p>Matched frames are simulations by the same plan that no training saw. Fog and rise are taken on the recording itself.</p>`;
}

function likenessText({ likenesses }: TuningContent): string {
  const most = mismatch(likenesses);
  const size = `The largest difference is ${(100 * most).toFixed(0)} %.`;
  return most <= MISMATCH.doubtful
    ? `${size} Both were measured by the same means. Up to ${100 * MISMATCH.doubtful} % can come from measuring and from chance.`
    : `${size} Above ${100 * MISMATCH.doubtful} % the simulation differs too much from the recording, and the model may have learnt something else: look at the pictures.`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((text) => `<th scope="col" class="text">${escapeXml(text)}</th>`).join("");
  const body = rows.map(([first, ...rest]) => {
    const cells = rest.map((text) => `<td class="text">${escapeXml(text)}</td>`).join("");
    return `<tr><th scope="row">${escapeXml(first!)}</th>${cells}</tr>`;
  });
  return `<div class="scroll" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

function frames({ own, simulated }: TuningContent): string {
  const { recording, simulation } = framePictures(own, simulated, SHOWN);
  const row = (label: string, shown: readonly RgbaImage[]) =>
    `<figure><figcaption>${label}</figcaption><div class="pictures">${shown
      .map((picture, i) => `<div>${htmlPicture(`${label}, frame ${i + 1} of those shown`, picture)}</div>`)
      .join("")}</div></figure>`;
  return `<div class="worst">${row("recording", recording)}${row("simulation", simulation)}</div>`;
}

function plots({ own, simulated }: TuningContent): string[] {
  const values = own.map(({ pixels }) => percentileRange(pixels, 0, 0.9995));
  const [low, high] = [
    Math.min(...values.map((range) => range.low)),
    Math.max(...values.map((range) => range.high)),
  ];
  const logarithms = ({ x, y }: Curve): Curve => ({
    x,
    y: y.map((share) => (share > 0 ? Math.log10(share) : Number.NaN)),
  });
  const withSpots = (given: readonly Frame[]) => given.map((frame) => ({ frame, spots: findSpots(frame) }));
  const both = (of: (given: readonly Frame[]) => Curve) => [
    { label: "recording", ...of(own) },
    { label: "simulation", ...of(simulated) },
  ];
  return [
    linePlot(
      both((given) => logarithms(histogram(given, low, high))),
      {
        ...PLOT,
        title: "pixel values",
        xLabel: "counts",
        yLabel: "log₁₀ share of pixels",
        description: "Histograms of pixel values in the recording and in the simulation",
      },
    ),
    linePlot(
      both((given) => spotProfile(withSpots(given))),
      {
        ...PLOT,
        title: "spots",
        xLabel: "distance, pixels",
        yLabel: "mean profile",
        description: "Mean profiles of spots in the recording and in the simulation",
      },
    ),
    linePlot(both(powerSpectrum), {
      ...PLOT,
      title: "power spectrum",
      xLabel: "cycles a pixel",
      yLabel: "log₁₀ power over noise",
      description: "Power spectra of the recording and of the simulation",
    }),
  ];
}
