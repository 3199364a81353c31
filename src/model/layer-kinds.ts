import type { Conv3dRow, ConvRow, LayerKind, LayerRow, RowOf } from "./layer-rows.js";

/** A weight that a layer must have. */
export interface WeightSpec {
  name: string;
  /**
   * Keras' layout: a convolution's kernel is (kh, kw, in, out).
   * One over frames is (frames, kh, kw, in, out), a transposed one (kh, kw, out, in).
   */
  shape: readonly number[];
}

/** Pixels along one side, from the first to the last; both belong to it. */
export type PixelRange = readonly [first: number, last: number];

/** What follows from a layer's kind, whatever engine or file format it is written for. */
export interface LayerTraits<R extends LayerRow> {
  /** For people, in `model info`. */
  title: string;
  /** Sides of the kernel; none for a layer without. */
  kernel(row: R): readonly number[];
  /** What else a reader wants to know: the activation, the rate of a dropout. */
  setting(row: R): string;
  /** Channels of the output. */
  channels(row: R, inChannels: number): number;
  /** Pixels of the input per pixel of the output, along one side: 2 halves the side. */
  scale(row: R): number;
  /** The weights it must have, kernel first. */
  weights(row: R, inChannels: number): WeightSpec[];
  /** The input pixels that an interval of output pixels depends on, along one side. */
  reach(row: R, output: PixelRange): PixelRange;
  /** Whether it makes windows of consecutive frames. */
  joinsFrames: boolean;
}

/** Traits of a layer that gives each pixel a new value and has no weights. */
const PIXEL_BY_PIXEL = {
  kernel: () => [],
  setting: () => "",
  channels: (_: LayerRow, inChannels: number) => inChannels,
  scale: () => 1,
  weights: () => [],
  reach: (_: LayerRow, output: PixelRange) => output,
  joinsFrames: false,
};

/**
 * All kinds of layers. A new kind is written here first.
 * The compiler then names each graph, engine and format that has to compute, write or refuse it.
 */
export const LAYER_KINDS: { readonly [K in LayerKind]: LayerTraits<RowOf<K>> } = {
  // It needs the whole frame's range. Code that cuts frames into tiles normalises them first.
  normalise: { ...PIXEL_BY_PIXEL, title: "normalise" },
  conv: convolution("convolution", 2),
  deconv: {
    title: "transposed convolution",
    kernel: ({ kernel }) => [kernel, kernel],
    setting: ({ activation }) => activation,
    channels: ({ filters }) => filters,
    scale: () => 1 / 2,
    weights: ({ name, kernel, filters }, inChannels) => [
      { name: `${name}/kernel`, shape: [kernel, kernel, filters, inChannels] },
      { name: `${name}/bias`, shape: [filters] },
    ],
    // Output 2i + k takes tap k of input i.
    reach: ({ kernel }, [first, last]) => [Math.ceil((first - (kernel - 1)) / 2), Math.floor(last / 2)],
    joinsFrames: false,
  },
  window: { ...PIXEL_BY_PIXEL, title: "three frames together", joinsFrames: true },
  conv3d: convolution("convolution over three frames", 3),
  upsample: {
    ...PIXEL_BY_PIXEL,
    title: "upsampling",
    scale: () => 1 / 2,
    reach: (_, [first, last]) => [Math.floor(first / 2), Math.floor(last / 2)],
  },
  dropout: { ...PIXEL_BY_PIXEL, title: "dropout", setting: ({ rate }) => `rate ${rate}` },
};

/** The traits of a row's kind. */
export function traitsOf(row: LayerRow): LayerTraits<LayerRow> {
  return LAYER_KINDS[row.kind] as LayerTraits<LayerRow>;
}

/** @param axes that the kernel spans: 2 for a frame's sides, 3 for those and the frames */
function convolution(title: string, axes: 2 | 3): LayerTraits<ConvRow | Conv3dRow> {
  const kernelOf = ({ kernel }: ConvRow | Conv3dRow) => new Array<number>(axes).fill(kernel);
  return {
    title,
    kernel: kernelOf,
    setting: ({ activation }) => activation,
    channels: ({ filters }) => filters,
    scale: ({ stride }) => stride,
    weights(row, inChannels) {
      const { name, filters, bias } = row;
      const kernel = { name: `${name}/kernel`, shape: [...kernelOf(row), inChannels, filters] };
      return bias ? [kernel, { name: `${name}/bias`, shape: [filters] }] : [kernel];
    },
    reach({ kernel, stride }, [first, last]) {
      const before = Math.max(0, Math.floor((kernel - stride) / 2));
      return [stride * first - before, stride * last - before + kernel - 1];
    },
    joinsFrames: false,
  };
}
