import { traitsOf } from "./layer-kinds.js";
import { type Architecture, traceLayers } from "./layers.js";
import { elementCount } from "./weights.js";

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
    const weights = traits.weights(row, inChannels);
    return {
      layer: row.name,
      kind: traits.title,
      kernel: kernel.join("x"),
      stride: strideText(traits.scale(row), kernel.length > 0),
      channels: inChannels === outChannels ? `${outChannels}` : `${inChannels} -> ${outChannels}`,
      activation: traits.setting(row),
      parameters: weights.reduce((sum, { shape }) => sum + elementCount(shape), 0),
    };
  });
}

function strideText(scale: number, hasKernel: boolean): string {
  if (scale < 1) return `x${1 / scale}`;
  return hasKernel ? `/${scale}` : "";
}
