import { conv, deconv, head } from "./layer-rows.js";
import type { Architecture } from "./layers.js";

/**
 * The two-stage network of Štefko et al. (2018).
 * The paper is "Autonomous illumination control for localization microscopy". A segmentation
 * network makes a probability map, which a density network reads. Layers have the names of the
 * published Keras files.
 */
export const defcon: Architecture = {
  name: "defcon",
  description: "two-stage density estimation network for single frames",
  sideMultiple: 4,
  layers: [
    { kind: "normalise", name: "hist_norm" },
    conv("conv_seg_1", 16),
    conv("conv_stride_1", 16, 2),
    conv("conv_seg_2", 32),
    conv("conv_stride_2", 32, 2),
    conv("conv_seg_3", 64),
    { kind: "dropout", name: "dropout_seg", rate: 0.5 },
    deconv("deconv_seg_1", 8),
    deconv("decon_seg_2", 8),
    head("seg", "segmentation", "sigmoid"),
    conv("conv_1", 16),
    conv("conv_2", 16, 2),
    conv("conv_3", 32),
    conv("conv_4", 32, 2),
    conv("conv_5", 64, 1, 5),
    { kind: "dropout", name: "dropout", rate: 0.5 },
    deconv("deconv_1", 8),
    deconv("deconv_2", 8),
    head("density", "density", "linear"),
  ],
};
