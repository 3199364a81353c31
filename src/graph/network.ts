import { traitsOf } from "../model/layer-kinds.js";
import type {
  Activation,
  Conv3dRow,
  ConvRow,
  DeconvRow,
  DropoutRow,
  Head,
  LayerKind,
  LayerRow,
  RowOf,
  WeightedRow,
} from "../model/layer-rows.js";
import { headOf, type TracedLayer, WINDOW } from "../model/layers.js";
import { elementCount, layerWeights } from "../model/weights.js";
import type { ConvGeometry } from "./onnx-graph.js";
import type { Tape } from "./tape.js";
import {
  type Arrangement,
  arrange,
  biasArrangement,
  groupedPointwiseArrangement,
  kernelArrangement,
  phaseKernelArrangement,
  upsampledKernelArrangements,
  windowKernelArrangement,
} from "./weight-layout.js";

/** The source of a network's weights: constants, or values that change. */
export interface WeightSource {
  /**
   * A tensor made of a weight.
   * @param weight its name, "conv_1/kernel"
   * @param length its number of values
   * @param terms the tensor is their sum
   */
  tensor(weight: string, length: number, terms: readonly Arrangement[]): string;
}

/**
 * How frames become windows, and a window's maps become those of frames.
 * Values are (F,C,H,W) for F frames. In windows the three frames lie side by side in the channels,
 * (N,3C,H,W).
 */
export interface WindowPlan {
  join(tape: Tape, frames: string, channels: number): string;
  /** Gives a map for each of the F frames. */
  part(tape: Tape, maps: string, channels: number): string;
}

/** Every three frames are a window, and each window gives three maps. Training uses this. */
export const APART: WindowPlan = {
  join: (tape, frames, channels) => tape.apply("join", [frames], { channels }),
  part: (tape, maps, channels) => tape.apply("part", [maps], { channels }),
};

/** What a network computes. A map is added to the graph when it is asked for. */
export interface NetworkMaps {
  /** The last layer's output. */
  output(): string;
  /**
   * A head's map before its activation.
   * Of a softmax over two channels it is their difference, whose sigmoid is the second channel.
   */
  beforeActivation(head: Head): string;
}

/** What else a network's graph depends on. */
export interface LayerOptions {
  /** Names the factors (F,C,H,W) of a dropout layer; undefined outside training. */
  dropout?(row: DropoutRow): string | undefined;
  windows?: WindowPlan;
}

/** A map, or its four phases, of frames or of windows. */
interface MapValue {
  value: string;
  phased: boolean;
  /** Of the map of one frame. */
  channels: number;
  /** Frames side by side in the channels: 1, or 3 in windows. */
  frames: number;
  /** Whether every pixel is still to be doubled. */
  doubles?: boolean;
}

/** Adds a layer to the graph: all kinds except normalisation, which each graph handles itself. */
type AddLayer<R> = (context: Context, current: MapValue, layer: TracedLayer, row: R) => MapValue;

interface Context {
  tape: Tape;
  weights: WeightSource;
  options: Required<LayerOptions>;
  heads: Map<Head, MapValue>;
}

/**
 * Adds layers to a graph, rewritten into the operators that ONNX Runtime runs fastest.
 * The values stay the same. A stride-2 transposed convolution becomes a 2x2 convolution into four
 * phases, which are interleaved; a 1x1 convolution after it comes before the interleaving. A
 * convolution over the frames of a window becomes one of maps with the frames side by side in the
 * channels; after an upsampling it becomes one into four phases. A softmax over two channels
 * becomes the sigmoid of their difference, and the graph goes on with the second channel alone.
 * @param layers without a row that normalises: a graph may see only a part of the frame
 * @param value (F,C,H,W)
 */
export function addLayers(
  tape: Tape,
  layers: readonly TracedLayer[],
  value: string,
  weights: WeightSource,
  { dropout = () => undefined, windows = APART }: LayerOptions = {},
): NetworkMaps {
  const context: Context = { tape, weights, options: { dropout, windows }, heads: new Map() };
  const [first] = layers;
  // Layers that begin with windows read one channel, the probabilities, not the softmax's two.
  const channels = first && !traitsOf(first.row).joinsFrames ? first.inChannels : 1;
  let current: MapValue = { value, phased: false, channels, frames: 1 };
  for (const layer of layers) {
    const { row } = layer;
    if (row.kind === "normalise")
      throw new RangeError(`layer ${row.name} (${row.kind}) has no place inside a network's graph`);
    current = (ADD[row.kind] as AddLayer<LayerRow>)(context, current, layer, row);
  }
  const perFrame = (map: MapValue) => {
    const value = whole(tape, map);
    return map.frames === 1 ? value : windows.part(tape, value, map.channels);
  };
  return {
    output: () => perFrame(current),
    beforeActivation(head) {
      const map = context.heads.get(head);
      if (!map) throw new RangeError(`these layers have no ${head} head`);
      return perFrame(map);
    },
  };
}

const ADD: { readonly [K in Exclude<LayerKind, "normalise">]: AddLayer<RowOf<K>> } = {
  dropout({ tape, options }, current, _, row) {
    const factors = options.dropout(row);
    if (factors === undefined) return current;
    const joined = current.frames === 1 ? factors : options.windows.join(tape, factors, current.channels);
    return {
      ...current,
      value: tape.apply("multiply", [whole(tape, current), joined], undefined),
      phased: false,
    };
  },
  conv(context, current, layer, row) {
    const { tape } = context;
    const phased = current.phased && row.kernel === 1 && row.stride === 1;
    const linear = phased
      ? addPointwise(context, current.value, layer, row, PHASES)
      : addConv(context, whole(tape, current), layer, row);
    return activated(context, { value: linear, phased, channels: row.filters, frames: 1 }, row);
  },
  deconv(context, current, layer, row) {
    const linear = addPhases(context, whole(context.tape, current), layer, row);
    return activated(context, { value: linear, phased: true, channels: row.filters, frames: 1 }, row);
  },
  window({ tape, options }, current, { inChannels }) {
    const value = whole(tape, current);
    const all = current.channels < inChannels ? addClasses(tape, value) : value;
    return {
      value: options.windows.join(tape, all, inChannels),
      phased: false,
      channels: inChannels,
      frames: WINDOW,
    };
  },
  upsample: ({ tape }, current) => ({
    ...current,
    value: whole(tape, current),
    phased: false,
    doubles: true,
  }),
  conv3d(context, current, layer, row) {
    const { tape } = context;
    const pointwise = row.kernel === 1 && row.stride === 1;
    const phased = current.doubles || (current.phased && pointwise);
    const linear = current.doubles
      ? addDoubledWindowConv(context, current.value, layer, row)
      : pointwise
        ? addPointwise(context, current.value, layer, row, current.phased ? PHASES * WINDOW : WINDOW)
        : addWindowConv(context, whole(tape, current), layer, row);
    return activated(context, { value: linear, phased, channels: row.filters, frames: WINDOW }, row);
  },
};

/** Phases of a map of doubled sides. */
const PHASES = 4;

function whole(tape: Tape, { value, phased, channels, frames }: MapValue): string {
  return phased ? tape.apply("interleave", [value], { channels: channels * frames }) : value;
}

function activated({ tape, heads }: Context, linear: MapValue, row: WeightedRow): MapValue {
  const { activation } = row;
  const before = activation === "softmax" ? difference(tape, linear) : linear;
  const head = headOf(row);
  if (head) heads.set(head, before);
  return { ...before, value: activate(tape, before.value, activation) };
}

function activate(tape: Tape, value: string, activation: Activation): string {
  if (activation === "linear") return value;
  return tape.apply(activation === "softmax" ? "sigmoid" : activation, [value], undefined);
}

/** The second channel less the first. */
function difference(tape: Tape, { value, phased, ...rest }: MapValue): MapValue {
  const groups = phased ? PHASES : 1;
  const arrangement = groupedPointwiseArrangement({ filters: 1 }, 2, groups);
  const kernel = tape.graph.constant(
    `difference_of_${groups}`,
    arrangement.dims,
    arrange(Float32Array.of(-1, 1), arrangement),
  );
  const geometry = { ...POINTWISE, inChannels: 2 * groups, outChannels: groups };
  return { ...rest, value: tape.apply("conv", [value, kernel], geometry), phased, channels: 1 };
}

/** Adds the two channels of the softmax, 1 - p and p, for p the probability of an emitter. */
function addClasses(tape: Tape, probability: string): string {
  const kernel = tape.graph.constant("class_signs", [2, 1, 1, 1], Float32Array.of(-1, 1));
  const bias = tape.graph.constant("class_offsets", [2], Float32Array.of(1, 0));
  return tape.apply("conv", [probability, kernel, bias], { ...POINTWISE, inChannels: 1, outChannels: 2 });
}

const POINTWISE = { kernel: 1, stride: 1, pads: [0, 0] } as const;

/**
 * The 'same' padding of TensorFlow on sides that the stride divides.
 * It is kernel - stride in all, the smaller half first.
 */
export function geometryOf(
  { kernel, stride }: ConvRow | Conv3dRow,
  { inChannels, outChannels }: TracedLayer,
): ConvGeometry {
  const total = Math.max(0, kernel - stride);
  const before = Math.floor(total / 2);
  return { kernel, stride, pads: [before, total - before], inChannels, outChannels };
}

function addConv({ tape, weights }: Context, value: string, layer: TracedLayer, row: ConvRow): string {
  const kernel = kernelArrangement(row, layer.inChannels);
  const inputs = [value, ...tensors(layer, weights, [kernel], biasArrangement(row))];
  return tape.apply("conv", inputs, geometryOf(row, layer));
}

function addPhases({ tape, weights }: Context, value: string, layer: TracedLayer, row: DeconvRow): string {
  const kernel = phaseKernelArrangement(row, layer.inChannels);
  const inputs = [value, ...tensors(layer, weights, [kernel], biasArrangement(row, PHASES))];
  const { inChannels, outChannels } = layer;
  return tape.apply("conv", inputs, {
    kernel: 2,
    stride: 1,
    pads: [1, 0],
    inChannels,
    outChannels: PHASES * outChannels,
  });
}

/** Adds a 1x1 convolution of `groups` phases or frames that lie side by side in the channels. */
function addPointwise(
  { tape, weights }: Context,
  value: string,
  layer: TracedLayer,
  row: ConvRow | Conv3dRow,
  groups: number,
): string {
  const kernel = groupedPointwiseArrangement(row, layer.inChannels, groups);
  const inputs = [value, ...tensors(layer, weights, [kernel], biasArrangement(row, groups))];
  return tape.apply("conv", inputs, grouped(geometryOf(row, layer), groups, groups));
}

function addWindowConv(
  { tape, weights }: Context,
  value: string,
  layer: TracedLayer,
  row: Conv3dRow,
): string {
  const kernel = windowKernelArrangement(row, layer.inChannels);
  const inputs = [value, ...tensors(layer, weights, [kernel], biasArrangement(row, WINDOW))];
  return tape.apply("conv", inputs, grouped(geometryOf(row, layer), WINDOW, WINDOW));
}

function addDoubledWindowConv(
  { tape, weights }: Context,
  value: string,
  layer: TracedLayer,
  row: Conv3dRow,
): string {
  if (row.kernel !== 3 || row.stride !== 1) {
    throw new RangeError(
      `layer ${row.name}: an upsampling is followed by a convolution of 3x3x3 and stride 1`,
    );
  }
  const kernels = upsampledKernelArrangements(row, layer.inChannels);
  const inputs = [value, ...tensors(layer, weights, kernels, biasArrangement(row, PHASES * WINDOW))];
  return tape.apply("conv", inputs, grouped(geometryOf(row, layer), WINDOW, PHASES * WINDOW));
}

function grouped(geometry: ConvGeometry, inputGroups: number, outputGroups: number): ConvGeometry {
  const { inChannels, outChannels } = geometry;
  return { ...geometry, inChannels: inputGroups * inChannels, outChannels: outputGroups * outChannels };
}

/** A layer's kernel, and its bias if it has one. */
function tensors(
  { row, inChannels }: TracedLayer,
  weights: WeightSource,
  kernel: readonly Arrangement[],
  bias: Arrangement,
): string[] {
  return layerWeights(row, inChannels).map(({ name, shape }, i) =>
    weights.tensor(name, elementCount(shape), i === 0 ? kernel : [bias]),
  );
}
