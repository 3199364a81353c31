import { conv, deconv } from "./layer-rows.js";
import type { Architecture } from "./layers.js";

/**
 * A network for cameras faster than {@link defcon}: one pass without a segmentation in between, most of it at half and a quarter of the frame's resolution.
 */
export const defconFast: Architecture = {
  name: "defcon-fast",
  description: "fast density estimation network for single frames",
  sideMultiple: 4,
  layers: [
    { kind: "normalise", name: "hist_norm" },
    conv("fast_conv_1", 16, 2, 5),
    conv("fast_conv_2", 16),
    conv("fast_conv_3", 32, 2),
    conv("fast_conv_4", 32),
    conv("fast_conv_5", 32),
    deconv("fast_deconv_1", 8),
    deconv("fast_deconv_2", 8),
    {
      kind: "conv",
      name: "fast_density",
      kernel: 1,
      stride: 1,
      filters: 1,
      bias: false,
      activation: "linear",
      head: "density",
    },
  ],
};
