import { conv, deconv, head } from "./layer-rows.js";
import type { Architecture } from "./layers.js";

/**
 * A network for cameras faster than {@link defcon}: one pass, without a segmentation in between.
 * Nearly all of it works at a quarter of the frame's resolution. The layers at half resolution have
 * few channels: moving their maps through memory takes longer than the arithmetic.
 */
export const defconFast: Architecture = {
  name: "defcon-fast",
  description: "fast density estimation network for single frames",
  sideMultiple: 4,
  layers: [
    { kind: "normalise", name: "hist_norm" },
    conv("fast_conv_1", 16, 2, 5),
    conv("fast_conv_2", 32, 2),
    conv("fast_conv_3", 32),
    conv("fast_conv_4", 32),
    conv("fast_conv_5", 32),
    deconv("fast_deconv_1", 8),
    deconv("fast_deconv_2", 4),
    head("fast_density", "density", "linear"),
  ],
};
