import { VERSION } from "../base/version.js";
import "../base/int64.js";
import { onnx } from "./generated/onnx.js";

/** Operator set and format version of every graph made here: old enough for runtimes of 2022. */
export const OPSET = 17;
const IR_VERSION = 8;
const { FLOAT, INT64 } = onnx.TensorProto.DataType;

/** An integer, a text, integers, or a real number. */
export type Attribute = number | string | readonly number[] | { real: number };
export type Attributes = Readonly<Record<string, Attribute>>;

/** A float32 input or output of a graph. Free sides have a name in place of a number. */
export interface GraphValue {
  name: string;
  dims: readonly (number | string)[];
}

/** A convolution with square kernels, the same along both sides. */
export interface ConvGeometry {
  kernel: number;
  stride: 1 | 2 | 4;
  /** Rows and columns of zeros before and after the frame. */
  pads: readonly [before: number, after: number];
  inChannels: number;
  outChannels: number;
}

/**
 * The pixels under a kernel, for each place of the kernel: (N, k k C, H, W).
 * The taps come row by row, or each channel's taps together.
 */
export interface Patches {
  values: string;
  /** (C, k, k) rather than (k, k, C). */
  channelsFirst: boolean;
}

/** Collects nodes and constants of a graph; a value is known by its name. */
export class OnnxGraph {
  private readonly nodes: onnx.INodeProto[] = [];
  private readonly initializers = new Map<string, onnx.ITensorProto>();
  private readonly counts = new Map<string, number>();
  private readonly domains = new Set<string>([""]);

  /**
   * Adds an operator with one output and returns that output's name.
   * Numbers in `attributes` are integers.
   * @param domain of the operator, where it is none of ONNX' own
   */
  add(
    operator: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    output: string = this.fresh(operator),
    domain = "",
  ): string {
    this.nodes.push(this.node(operator, inputs, attributes, output, domain));
    return output;
  }

  /** Adds a convolution. @param inputs values (N,C,H,W), kernel (F,C,k,k), optionally bias (F) */
  addConv(inputs: readonly string[], geometry: ConvGeometry): string {
    return this.add("Conv", inputs, convAttributes(geometry));
  }

  /**
   * Adds the transpose of a strided convolution.
   * It maps the output's gradient to the input's gradient.
   * @param geometry of the convolution itself
   */
  addConvTransposed(value: string, kernel: string, geometry: ConvGeometry): string {
    const padding = geometry.stride - geometry.kernel + geometry.pads[0] + geometry.pads[1];
    return this.add("ConvTranspose", [value, kernel], {
      ...convAttributes(geometry),
      output_padding: [padding, padding],
    });
  }

  /** Adds the patches of a value (N,C,H,W) that a convolution's kernel sees. */
  addPatches(value: string, { kernel, stride, pads: [before, after] }: ConvGeometry): Patches {
    const sides = [0, 0, before, before, 0, 0, after, after];
    const padded = before + after > 0 ? this.add("Pad", [value, this.integers(sides)]) : value;
    const taps = Array.from({ length: kernel }, (_, tap) => tap);
    // Only the last tap sees a side's last pixel.
    const end = (tap: number) => (tap === kernel - 1 ? Number.MAX_SAFE_INTEGER : tap - kernel + 1);
    const shifted = (y: number, x: number) => {
      const bounds = [
        [y, x],
        [end(y), end(x)],
        [2, 3],
        [stride, stride],
      ].map((list) => this.integers(list));
      return this.add("Slice", [padded, ...bounds]);
    };
    const rows = taps.map((y) => this.concatenated(taps.map((x) => shifted(y, x))));
    return { values: this.concatenated(rows), channelsFirst: false };
  }

  private concatenated(values: readonly string[]): string {
    return values.length === 1 ? values[0]! : this.add("Concat", values, { axis: 1 });
  }

  /** Adds a float32 constant under its name and returns the name. */
  constant(name: string, dims: readonly number[], values: Float32Array): string {
    this.initializers.set(name, { name, dims: [...dims], dataType: FLOAT, rawData: bytesOf(values) });
    return name;
  }

  /** A float32 constant without dimensions. The same number is the same constant. */
  scalar(value: number): string {
    return this.constant(`scalar_${value}`, [], new Float32Array([value]));
  }

  /** A list of int64, as operators take shapes, axes and indices. Short lists are shared. */
  integers(values: readonly number[] | Int32Array, dims: readonly number[] = [values.length]): string {
    const name =
      values.length <= 8 ? `integers_${values.join("_")}_of_${dims.join("x")}` : this.fresh("integers");
    const rawData = bytesOf(BigInt64Array.from(values as readonly number[], BigInt));
    this.initializers.set(name, { name, dims: [...dims], dataType: INT64, rawData });
    return name;
  }

  /**
   * The finished model.
   * @param metadata the model's metadata_props
   */
  model(
    graphName: string,
    inputs: readonly GraphValue[],
    outputs: readonly GraphValue[],
    metadata: Record<string, string> = {},
  ): Uint8Array {
    return onnx.ModelProto.encode({
      irVersion: IR_VERSION,
      producerName: "defcon-fiji",
      producerVersion: VERSION,
      opsetImport: [...this.domains].map((domain) => ({ domain, version: domain === "" ? OPSET : 1 })),
      metadataProps: Object.entries(metadata).map(([key, text]) => ({ key, value: text })),
      graph: {
        name: graphName,
        node: this.nodes,
        initializer: [...this.initializers.values()],
        input: inputs.map(valueInfo),
        output: outputs.map(valueInfo),
      },
    }).finish();
  }

  private node(
    operator: string,
    inputs: readonly string[],
    attributes: Attributes,
    output: string,
    domain: string,
  ): onnx.INodeProto {
    this.domains.add(domain);
    return {
      opType: operator,
      name: output,
      ...(domain && { domain }),
      input: [...inputs],
      output: [output],
      attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
    };
  }

  /** A name that no value has yet. */
  protected fresh(operator: string): string {
    const count = (this.counts.get(operator) ?? 0) + 1;
    this.counts.set(operator, count);
    return `${operator}_${count}`;
  }
}

export function convAttributes({ kernel, stride, pads: [before, after] }: ConvGeometry): Attributes {
  return {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    pads: [before, before, after, after],
  };
}

function valueInfo({ name, dims }: GraphValue): onnx.IValueInfoProto {
  const dim = dims.map((side) => (typeof side === "number" ? { dimValue: side } : { dimParam: side }));
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}

function attribute(name: string, value: Attribute): onnx.IAttributeProto {
  const types = onnx.AttributeProto.AttributeType;
  if (typeof value === "number") return { name, i: value, type: types.INT };
  if (typeof value === "string") return { name, s: new TextEncoder().encode(value), type: types.STRING };
  if ("real" in value) return { name, f: value.real, type: types.FLOAT };
  return { name, ints: [...value], type: types.INTS };
}

/** ONNX stores raw tensors in little endian, as every machine that Node.js runs on does. */
function bytesOf(values: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
