import { type Architecture, type LayerRow, traceLayers } from "./layers.js";
import { elementCount, layerWeights } from "./weights.js";

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

const KINDS: Record<LayerRow["kind"], string> = {
  normalise: "normalise",
  conv: "convolution",
  deconv: "transposed convolution",
  window: "three frames together",
  conv3d: "convolution over three frames",
  upsample: "upsampling",
  dropout: "dropout",
};

/** The layer table of a network as `model info` shows it. */
export function describeLayers(architecture: Architecture): LayerDescription[] {
  return traceLayers(architecture).map(({ row, inChannels, outChannels }) => ({
    layer: row.name,
    kind: KINDS[row.kind],
    kernel: "kernel" in row ? new Array(row.kind === "conv3d" ? 3 : 2).fill(row.kernel).join("x") : "",
    stride: "stride" in row ? `/${row.stride}` : row.kind === "deconv" || row.kind === "upsample" ? "x2" : "",
    channels: inChannels === outChannels ? `${outChannels}` : `${inChannels} -> ${outChannels}`,
    activation: row.kind === "dropout" ? `rate ${row.rate}` : "activation" in row ? row.activation : "",
    parameters: layerWeights(row, inChannels).reduce((sum, { shape }) => sum + elementCount(shape), 0),
  }));
}
