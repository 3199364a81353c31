import { paddedExtent } from "../picture/axes.js";
import { type GroupValue, groupPlot } from "../picture/group-plot.js";
import { scatterPlot } from "../picture/scatter-plot.js";
import type { Evaluation, FrameRecord } from "./evaluate.js";
import { areaOf, perThousandPixels } from "./groups.js";
import type { GroupingSummary, Summary } from "./summary.js";

/** Most points of a plot. With more, only every second, third or further frame is drawn. */
const MAX_POINTS = 2_000;
const SCATTER = { width: 380, height: 360 };
const RESIDUAL = { width: 480, height: 300 };
const GROUP_HEIGHT = 280;

/** Predicted over true values: a plot for each model, all with the same axes. */
export function agreementPlots(
  { models, records }: Evaluation,
  part: "count" | "maxLocalCount",
  title: string,
): string[] {
  const range = paddedExtent(records.flatMap((record) => [record[part].truth, record[part].predicted]));
  return models.map((model, series) => {
    const drawn = thinned(records.filter((record) => record.model === model));
    const points = {
      x: drawn.map((record) => record[part].truth),
      y: drawn.map((record) => record[part].predicted),
      series,
    };
    return scatterPlot(points, {
      ...SCATTER,
      title: model,
      xLabel: `true ${title}`,
      yLabel: `predicted ${title}`,
      xRange: range,
      yRange: range,
      ideal: "identity",
      description: `${model}: predicted over true ${title} of ${drawn.length} frames, with the line on which they are equal`,
    });
  });
}

/**
 * Errors of the count over the density of emitters: a plot for each model, all with the same axes.
 */
export function residualPlots({ models, records }: Evaluation): string[] {
  const areas = records.map(areaOf);
  const calibrated = areas.every((area) => area !== undefined);
  const densityOf = (record: FrameRecord) =>
    calibrated ? record.count.truth / areaOf(record)! : perThousandPixels(record);
  const errorOf = ({ count }: FrameRecord) => count.predicted - count.truth;
  const [xRange, yRange] = [paddedExtent(records.map(densityOf)), paddedExtent(records.map(errorOf))];
  const xLabel = calibrated ? "emitters per µm²" : "emitters per 1000 pixels";
  return models.map((model, series) => {
    const drawn = thinned(records.filter((record) => record.model === model));
    return scatterPlot(
      { x: drawn.map(densityOf), y: drawn.map(errorOf), series },
      {
        ...RESIDUAL,
        title: model,
        xLabel,
        yLabel: "predicted − true count",
        xRange,
        yRange,
        ideal: "zero",
        description: `${model}: error of the count of ${drawn.length} frames over their density in ${xLabel}`,
      },
    );
  });
}

/** The plots of a grouping. */
const GROUP_PLOTS: readonly { title: string; of(summary: Summary): GroupValue }[] = [
  {
    title: "count bias",
    of: ({ count }) => ({ value: count.bias, interval: count.biasInterval }),
  },
  {
    title: "count mean absolute error",
    of: ({ count }) => ({ value: count.mae, interval: count.maeInterval }),
  },
  {
    title: "max local count bias",
    of: ({ maxLocalCount }) => ({ value: maxLocalCount.bias, interval: maxLocalCount.biasInterval }),
  },
];

/** Errors by group, with the models side by side. */
export function groupPlots(
  models: readonly string[],
  { title, unit, groups }: Pick<GroupingSummary, "title" | "unit" | "groups">,
): string[] {
  const labels = groups.map(({ label }) => label);
  return GROUP_PLOTS.map((plot) => {
    const values = models.map((model) =>
      groups.map((group) => {
        const summary = group.models.get(model);
        return summary && plot.of(summary);
      }),
    );
    return groupPlot(values, {
      groups: labels,
      height: GROUP_HEIGHT,
      title: plot.title,
      xLabel: unit ? `${title}, ${unit}` : title,
      description: `${plot.title} of ${models.join(", ")} by ${title}; the table below has the numbers`,
    });
  });
}

/** Every k-th record, so that at most {@link MAX_POINTS} are left. */
function thinned(records: readonly FrameRecord[]): FrameRecord[] {
  const step = Math.ceil(records.length / MAX_POINTS);
  return records.filter((_, i) => i % step === 0);
}
