import type { Activation, Conv3dRow, ConvRow, DeconvRow, Head } from "./layers.js";

/** A row of a convolution with bias and ReLU. */
export function conv(name: string, filters: number, stride: 1 | 2 = 1, kernel = 3): ConvRow {
  return { kind: "conv", name, kernel, stride, filters, bias: true, activation: "relu" };
}

/** A row of a transposed convolution with ReLU. */
export function deconv(name: string, filters: number): DeconvRow {
  return { kind: "deconv", name, kernel: 3, filters, activation: "relu" };
}

/** A row of a convolution over three frames, with bias and ReLU. */
export function conv3d(name: string, filters: number, stride: 1 | 2 = 1): Conv3dRow {
  return { kind: "conv3d", name, kernel: 3, stride, filters, bias: true, activation: "relu" };
}

/** A row of a 1x1 convolution without bias, whose output is a part's result. */
export function head(name: string, part: Head, activation: Activation, filters = 1): ConvRow {
  return { kind: "conv", name, kernel: 1, stride: 1, filters, bias: false, activation, head: part };
}
