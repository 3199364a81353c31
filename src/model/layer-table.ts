import { traitsOf } from "./layer-kinds.js";
import { type Architecture, traceLayers } from "./layers.js";
import { valueCount } from "./weights.js";

/** One line of a network's table, for people. */
export interface LayerDescription {
  layer: string;
  kind: string;
  kernel: string;
  stride: string;
  channels: string;
  activation: string;
  parameters: number;
}

/** The layer table of a network as `model info` shows it. */
export function describeLayers(architecture: Architecture): LayerDescription[] {
  return traceLayers(architecture).map(({ row, inChannels, outChannels }) => {
    const traits = traitsOf(row);
    const kernel = traits.kernel(row);
    return {
      layer: row.name,
      kind: traits.title,
      kernel: kernel.join("x"),
      stride: strideText(traits.scale(row), kernel.length > 0),
      channels: inChannels === outChannels ? `${outChannels}` : `${inChannels} -> ${outChannels}`,
      activation: traits.setting(row),
      parameters: valueCount(traits.weights(row, inChannels)),
    };
  });
}

function strideText(scale: number, hasKernel: boolean): string {
  if (scale < 1) return `x${1 / scale}`;
  return hasKernel ? `/${scale}` : "";
}
