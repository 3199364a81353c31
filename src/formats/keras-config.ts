import type { ConvRow, DeconvRow, LayerKind, LayerRow, RowOf } from "../model/layer-rows.js";
import type { Architecture } from "../model/layers.js";

/** A layer of a functional Keras 2 model: its class, its settings, the layers it reads. */
interface KerasLayer {
  class_name: string;
  name: string;
  config: Record<string, unknown>;
  inbound_nodes: unknown[];
}

const INPUT = "input";

/** The class that each kind of layer has in the original's Keras models. */
export const KERAS_CLASSES = {
  normalise: "Lambda",
  conv: "Conv2D",
  deconv: "Conv2DTranspose",
  window: "Lambda",
  conv3d: "Conv3D",
  upsample: "UpSampling3D",
  dropout: "Dropout",
} as const satisfies Record<LayerKind, string>;

/**
 * Keras 2's description of a network, as it stands in a model's HDF5 file.
 * It uses Keras' own layers only, so that any version loads it without custom code. Keras has no
 * layer that normalises (the original's Lambda holds byte code of one Python version): several
 * others stand for it.
 */
export function kerasConfig(architecture: Architecture): { class_name: string; config: unknown } {
  const layers: KerasLayer[] = [
    layer("InputLayer", INPUT, [], {
      batch_input_shape: [null, null, null, 1],
      dtype: "float32",
      sparse: false,
    }),
  ];
  for (const row of architecture.layers) {
    const write = writerOf(row);
    if (!write) throw new RangeError(`layer ${row.name} (${row.kind}) has no place in a Keras file`);
    layers.push(...write(row, layers.at(-1)!.name));
  }
  return {
    class_name: "Model",
    config: {
      name: architecture.name,
      layers,
      input_layers: [[INPUT, 0, 0]],
      output_layers: [[layers.at(-1)!.name, 0, 0]],
    },
  };
}

/** Names of a network's Keras layers, in order. */
export function kerasLayerNames(architecture: Architecture): string[] {
  return (kerasConfig(architecture).config as { layers: KerasLayer[] }).layers.map(({ name }) => name);
}

function layer(
  className: string,
  name: string,
  inputs: readonly string[],
  config: Record<string, unknown> = {},
): KerasLayer {
  const node = inputs.map((input) => [input, 0, 0, {}]);
  return {
    class_name: className,
    name,
    config: { name, ...config },
    inbound_nodes: inputs.length > 0 ? [node] : [],
  };
}

/** Writes a row as Keras layers that read the layer `before`. */
type WriteLayer<R> = (row: R, before: string) => KerasLayer[];

/**
 * Each kind's Keras layers. Keras has none for windows of frames.
 * It wraps their layers in others, with other names.
 */
const WRITERS: { readonly [K in LayerKind]: WriteLayer<RowOf<K>> | undefined } = {
  normalise: (row, before) => normalisation(row.name, before),
  conv: (row, before) => [
    layer(KERAS_CLASSES.conv, row.name, [before], convolution(row, row.stride, row.bias)),
  ],
  deconv: (row, before) => [layer(KERAS_CLASSES.deconv, row.name, [before], convolution(row, 2, true))],
  window: undefined,
  conv3d: undefined,
  upsample: undefined,
  dropout: (row, before) => [
    layer(KERAS_CLASSES.dropout, row.name, [before], { trainable: true, rate: row.rate }),
  ],
};

function writerOf(row: LayerRow): WriteLayer<LayerRow> | undefined {
  return WRITERS[row.kind] as WriteLayer<LayerRow> | undefined;
}

/** Whether Keras has layers for all of a network. */
export function fitsKeras({ layers }: Architecture): boolean {
  return layers.every(writerOf);
}

function convolution(row: ConvRow | DeconvRow, stride: number, bias: boolean): Record<string, unknown> {
  return {
    trainable: true,
    filters: row.filters,
    kernel_size: [row.kernel, row.kernel],
    strides: [stride, stride],
    padding: "same",
    data_format: "channels_last",
    activation: row.activation,
    use_bias: bias,
    kernel_initializer: { class_name: "Orthogonal", config: { gain: 1, seed: null } },
    bias_initializer: { class_name: "Zeros", config: {} },
  };
}

/**
 * Factor by which ranges are multiplied first. Those from a millionth to 10^9 then lose no digits.
 */
const SCALE = 1e9;

/**
 * Computes (x - min) / r with r = max - min from layers that Keras 2 has.
 * None of them divides. But Dot gives the cosine and the sine of the angle between the sides 1/2
 * and s r. Their product is s r / (2 (1/4 + s² r²)), which for large s is 1 / (2 s r). Subtract
 * gives minus signs, of equal shapes only. LeakyReLU multiplies what is below 0 by its slope. A
 * constant frame gives zeros.
 */
function normalisation(name: string, frames: string): KerasLayer[] {
  const part = (suffix: string) => `${name}_${suffix}`;
  const one = (className: string, suffix: string, inputs: string[], config?: Record<string, unknown>) =>
    layer(
      className,
      part(suffix),
      inputs.map((input) => (input === frames ? input : part(input))),
      config,
    );
  const pooling = { data_format: "channels_last" };
  const reshape = { target_shape: [1, 1, 1] };
  const cosine = { axes: 1, normalize: true };
  return [
    one("Subtract", "zeros", [frames, frames]),
    one("Subtract", "negative", ["zeros", frames]),
    one("GlobalMaxPooling2D", "max", [frames], pooling),
    one("GlobalMaxPooling2D", "minus_min", ["negative"], pooling),
    one("Subtract", "zero", ["max", "max"]),
    one("Activation", "half", ["zero"], { activation: "sigmoid" }),
    one("Add", "range", ["max", "minus_min"]),
    one("Subtract", "minus_range", ["zero", "range"]),
    one("LeakyReLU", "scaled_range", ["minus_range"], { alpha: SCALE }),
    one("Concatenate", "angle", ["half", "scaled_range"], { axis: -1 }),
    one("Concatenate", "along", ["half", "zero"], { axis: -1 }),
    one("Concatenate", "across", ["zero", "half"], { axis: -1 }),
    one("Dot", "cosine", ["angle", "along"], cosine),
    one("Dot", "sine", ["angle", "across"], cosine),
    one("Multiply", "inverse", ["cosine", "sine"]),
    one("Reshape", "inverse_map", ["inverse"], reshape),
    one("Subtract", "min", ["zero", "minus_min"]),
    one("Reshape", "min_map", ["min"], reshape),
    one("Add", "below", ["negative", "min_map"]),
    one("LeakyReLU", "scaled_below", ["below"], { alpha: 2 * SCALE }),
    layer("Multiply", name, [part("scaled_below"), part("inverse_map")]),
  ];
}
