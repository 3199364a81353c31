import { linePlot } from "../../src/picture/line-plot.js";
import { rasterise } from "../../src/picture/rasterise.js";
import type { ConditionResult } from "./ratios.js";

/** Drawing units to a pixel of the picture, for screens of high density. */
const SCALE = 1.5;
/** The condition whose emitters lie densest, and the others of its microscope and signal. */
const DENSITIES = /^160 nm EMCCD, [\d.]+ per µm², SNR 10$/;

/** Mean counts over mean true counts where emitters lie ever denser, a line for each model, as a PNG file. */
export function countsPlot(
  conditions: readonly ConditionResult[],
  models: readonly string[],
): Promise<Uint8Array> {
  const drawn = conditions.filter(({ name }) => DENSITIES.test(name));
  const truth = drawn.map(({ models: own }) => own.get(models[0]!)!.count.trueMean);
  const lines = models.map((label) => ({
    label,
    x: truth,
    y: drawn.map(({ models: own }, i) => truth[i]! + own.get(label)!.count.bias),
  }));
  const plot = linePlot([{ label: "true count", x: truth, y: truth }, ...lines], {
    width: 720,
    height: 340,
    xLabel: "emitters in a frame of 128 × 128 pixels of 160 nm, EMCCD, SNR 10",
    yLabel: "counted",
    xRange: [0, Math.max(...truth)],
    description: `Counts of ${models.join(", ")} over the true ones, 0.05 to 5 emitters per µm²`,
  });
  return rasterise(plot, SCALE);
}
