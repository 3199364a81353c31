import { KERAS_CLASSES } from "../formats/keras-config.js";
import { traitsOf } from "../model/layer-kinds.js";
import { type Architecture, traceLayers, WINDOW } from "../model/layers.js";
import { layerWeights, parameterCount, valueCount } from "../model/weights.js";

interface Row {
  layer: string;
  shape: string;
  parameters: number;
}

/**
 * The table of a network's layers as Keras prints it: name and class, output shape, parameters.
 * @param options.maxCount includes the layers that turn a density map into a max local count
 */
export function layerSummary(architecture: Architecture, { maxCount = false } = {}): string {
  let together = false;
  const rows: Row[] = [{ layer: "input (InputLayer)", shape: shapeOf(1), parameters: 0 }];
  for (const { row, inChannels, outChannels } of traceLayers(architecture)) {
    together ||= traitsOf(row).joinsFrames;
    rows.push({
      layer: `${row.name} (${KERAS_CLASSES[row.kind]})`,
      shape: together ? `(None, ${WINDOW}, None, None, ${outChannels})` : shapeOf(outChannels),
      parameters: valueCount(layerWeights(row, inChannels)),
    });
  }
  if (maxCount) {
    rows.push({ layer: "av_pool (AveragePooling2D)", shape: shapeOf(1), parameters: 0 });
    rows.push({ layer: "mult (Lambda)", shape: shapeOf(1), parameters: 0 });
    rows.push({ layer: "max_count_output (GlobalMaxPooling2D)", shape: "(None, 1)", parameters: 0 });
  }
  const widths = [
    Math.max(...rows.map(({ layer }) => layer.length)),
    Math.max(...rows.map(({ shape }) => shape.length)),
  ] as const;
  const line = (layer: string, shape: string, parameters: string) =>
    `${layer.padEnd(widths[0])}  ${shape.padEnd(widths[1])}  ${parameters}`.trimEnd();
  const rule = "=".repeat(widths[0] + widths[1] + 13);
  return [
    line("Layer (type)", "Output Shape", "Param #"),
    rule,
    ...rows.map(({ layer, shape, parameters }) => line(layer, shape, String(parameters))),
    rule,
    `Total params: ${parameterCount(architecture).toLocaleString("en-US")}`,
  ].join("\n");
}

function shapeOf(channels: number): string {
  return `(None, None, None, ${channels})`;
}
