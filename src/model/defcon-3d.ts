import { conv, conv3d, deconv, head } from "./layer-rows.js";
import type { Architecture } from "./layers.js";

/**
 * The variant of {@link defcon} for three consecutive frames.
 * The segmentation network looks at each frame by itself. The density network looks at its maps of
 * all three frames and makes a density map of each. An emitter that is on only for the end of a
 * frame's time is hard to tell from noise; the next frame, where it is bright, shows it. The
 * convolutions and the upsampling keep the number of frames.
 */
export const defcon3d: Architecture = {
  name: "defcon3d",
  description: "two-stage density estimation network for three consecutive frames",
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
    deconv("deconv_seg_2", 8),
    head("seg", "segmentation", "softmax", 2),
    { kind: "window", name: "window" },
    conv3d("conv3d_1", 16),
    conv3d("conv3d_2", 16, 2),
    conv3d("conv3d_3", 32),
    conv3d("conv3d_4", 32, 2),
    conv3d("conv3d_5", 64),
    { kind: "dropout", name: "dropout", rate: 0.5 },
    { kind: "upsample", name: "upsampling_1" },
    conv3d("conv3d_6", 8),
    { kind: "upsample", name: "upsampling_2" },
    conv3d("conv3d_7", 8),
    {
      kind: "conv3d",
      name: "density",
      kernel: 1,
      stride: 1,
      filters: 1,
      bias: false,
      activation: "linear",
      head: "density",
    },
  ],
};
