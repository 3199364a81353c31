import { join } from "node:path";
import { writeFileAtomically } from "../base/atomic-file.js";
import { linePlot } from "../picture/line-plot.js";
import { rasterise } from "../picture/rasterise.js";
import type { EpochRecord } from "./events.js";

const COLUMNS = "stage,epoch,loss,validation_loss,learning_rate,seconds";
const PLOT = { width: 640, height: 360, pixelsPerUnit: 1.5 };

/**
 * Writes history.csv, and the current stage's loss curves as history-STAGE.png.
 * @throws InputError OUTPUT_WRITE
 */
export async function writeHistory(folder: string, history: readonly EpochRecord[]): Promise<void> {
  const rows = history.map(({ stage, epoch, loss, validationLoss, learningRate, seconds }) =>
    [
      ...[stage, epoch, loss, Number.isNaN(validationLoss) ? "" : validationLoss, learningRate],
      seconds.toFixed(2),
    ].join(","),
  );
  await writeFileAtomically(join(folder, "history.csv"), `${[COLUMNS, ...rows].join("\n")}\n`);
  const stage = history.at(-1)?.stage;
  if (stage === undefined) return;
  const records = history.filter((record) => record.stage === stage);
  const x = records.map(({ epoch }) => epoch);
  const svg = linePlot(
    [
      { label: "training", x, y: records.map(({ loss }) => loss) },
      ...(records.some(({ validationLoss }) => !Number.isNaN(validationLoss))
        ? [{ label: "validation", x, y: records.map(({ validationLoss }) => validationLoss) }]
        : []),
    ],
    { ...PLOT, title: `${stage} stage`, xLabel: "epoch", yLabel: "loss" },
  );
  await writeFileAtomically(join(folder, `history-${stage}.png`), await rasterise(svg, PLOT.pixelsPerUnit));
}
