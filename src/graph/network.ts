import type { Activation, ConvRow, DeconvRow, DropoutRow, Head, TracedLayer } from "../model/layers.js";
import { elementCount, layerWeights } from "../model/weights.js";
import type { ConvGeometry } from "./onnx-graph.js";
import type { Tape } from "./tape.js";
import {
  type Arrangement,
  biasArrangement,
  kernelArrangement,
  phaseBiasArrangement,
  phasedPointwiseArrangement,
  phaseKernelArrangement,
} from "./weight-layout.js";

/** Where a network's weights come from: constants, or values that change. */
export interface WeightSource {
  /**
   * A tensor made of a weight.
   * @param weight its name, "conv_1/kernel"
   * @param length its number of values
   */
  tensor(weight: string, length: number, arrangement: Arrangement): string;
}

/** What a network computes; a map is added to the graph when it is asked for. */
export interface NetworkMaps {
  /** The last layer's output. */
  output(): string;
  /** A head's map before its activation. */
  beforeActivation(head: Head): string;
}

/** A map, or its four phases. */
interface PhasedValue {
  value: string;
  phased: boolean;
  /** Of the map. */
  channels: number;
}

/**
 * Adds layers to a graph, rewritten without any change of their values into operators that ONNX Runtime runs fastest: a stride-2 transposed convolution
 * becomes a 2x2 convolution into four phases, which are interleaved, and a 1x1 convolution after it is done before the interleaving.
 * @param layers without a row that normalises: its whole frame may not be in the graph
 * @param value (N,C,H,W)
 * @param dropout the factors (N,C,H,W) of a dropout layer; undefined outside of training
 */
export function addLayers(
  tape: Tape,
  layers: readonly TracedLayer[],
  value: string,
  weights: WeightSource,
  dropout: (row: DropoutRow, layer: TracedLayer) => string | undefined = () => undefined,
): NetworkMaps {
  const whole = ({ value, phased, channels }: PhasedValue) =>
    phased ? tape.apply("interleave", [value], { channels }) : value;
  const heads = new Map<Head, PhasedValue>();
  let current: PhasedValue = { value, phased: false, channels: layers[0]?.inChannels ?? 1 };
  for (const layer of layers) {
    const { row, outChannels: channels } = layer;
    if (row.kind === "dropout") {
      const factors = dropout(row, layer);
      if (factors === undefined) continue;
      current = {
        value: tape.apply("multiply", [whole(current), factors], undefined),
        phased: false,
        channels,
      };
    } else if (row.kind === "conv") {
      const stayPhased = current.phased && row.kernel === 1 && row.stride === 1;
      const linear = stayPhased
        ? addPhasedPointwise(tape, current.value, layer, row, weights)
        : addConv(tape, whole(current), layer, row, weights);
      if (row.head) heads.set(row.head, { value: linear, phased: stayPhased, channels });
      current = { value: activate(tape, linear, row.activation), phased: stayPhased, channels };
    } else if (row.kind === "deconv") {
      const linear = addPhases(tape, whole(current), layer, row, weights);
      current = { value: activate(tape, linear, row.activation), phased: true, channels };
    } else {
      throw new RangeError(`layer ${row.name} (${row.kind}) has no place inside a network's graph`);
    }
  }
  return {
    output: () => whole(current),
    beforeActivation(head) {
      const map = heads.get(head);
      if (!map) throw new RangeError(`these layers have no ${head} head`);
      return whole(map);
    },
  };
}

/** 'same' padding of TensorFlow on sides that the stride divides: kernel - stride in all, the smaller half first. */
export function geometryOf(
  { kernel, stride }: ConvRow,
  { inChannels, outChannels }: TracedLayer,
): ConvGeometry {
  const total = Math.max(0, kernel - stride);
  const before = Math.floor(total / 2);
  return { kernel, stride, pads: [before, total - before], inChannels, outChannels };
}

function addConv(tape: Tape, value: string, layer: TracedLayer, row: ConvRow, weights: WeightSource): string {
  const kernel = kernelArrangement(row, layer.inChannels);
  const inputs = [value, ...tensors(layer, weights, kernel, biasArrangement(row))];
  return tape.apply("conv", inputs, geometryOf(row, layer));
}

function addPhases(
  tape: Tape,
  value: string,
  layer: TracedLayer,
  row: DeconvRow,
  weights: WeightSource,
): string {
  const kernel = phaseKernelArrangement(row, layer.inChannels);
  const inputs = [value, ...tensors(layer, weights, kernel, phaseBiasArrangement(row))];
  const { inChannels, outChannels } = layer;
  return tape.apply("conv", inputs, {
    kernel: 2,
    stride: 1,
    pads: [1, 0],
    inChannels,
    outChannels: 4 * outChannels,
  });
}

function addPhasedPointwise(
  tape: Tape,
  value: string,
  layer: TracedLayer,
  row: ConvRow,
  weights: WeightSource,
): string {
  const kernel = phasedPointwiseArrangement(row, layer.inChannels);
  const inputs = [value, ...tensors(layer, weights, kernel, phaseBiasArrangement(row))];
  const channels = { inChannels: 4 * layer.inChannels, outChannels: 4 * layer.outChannels };
  return tape.apply("conv", inputs, { ...geometryOf(row, layer), ...channels });
}

/** A layer's kernel, and its bias if it has one. */
function tensors(
  { row, inChannels }: TracedLayer,
  weights: WeightSource,
  kernel: Arrangement,
  bias: Arrangement,
): string[] {
  return layerWeights(row, inChannels).map(({ name, shape }, i) =>
    weights.tensor(name, elementCount(shape), i === 0 ? kernel : bias),
  );
}

function activate(tape: Tape, value: string, activation: Activation): string {
  return activation === "linear" ? value : tape.apply(activation, [value], undefined);
}
