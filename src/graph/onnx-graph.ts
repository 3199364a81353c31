import { VERSION } from "../base/version.js";
import "../base/int64.js";
import { onnx } from "./generated/onnx.js";

/** Operator set and format version of every graph made here: old enough for runtimes of 2022. */
const OPSET = 17;
const IR_VERSION = 8;
const FLOAT = onnx.TensorProto.DataType.FLOAT;

export type Attribute = number | string | readonly number[];

/** Collects nodes and constants of a graph; a value is known by its name. */
export class OnnxGraph {
  private readonly nodes: onnx.INodeProto[] = [];
  private readonly initializers: onnx.ITensorProto[] = [];
  private readonly counts = new Map<string, number>();

  /** Adds an operator with one output and returns that output's name. Numbers in `attributes` are integers. */
  add(
    operator: string,
    inputs: readonly string[],
    attributes: Record<string, Attribute> = {},
    output?: string,
  ): string {
    const name = output ?? this.freshName(operator);
    this.nodes.push({
      opType: operator,
      name,
      input: [...inputs],
      output: [name],
      attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
    });
    return name;
  }

  /** Adds a float32 constant under its name and returns the name. */
  constant(name: string, dims: readonly number[], values: Float32Array): string {
    this.initializers.push({ name, dims: [...dims], dataType: FLOAT, rawData: littleEndianBytes(values) });
    return name;
  }

  /**
   * The finished model: one input (N,1,H,W), one output (N,1,H,W), all three sizes free.
   * @param metadata the model's metadata_props
   */
  model(graphName: string, input: string, output: string, metadata: Record<string, string>): Uint8Array {
    const value = (name: string): onnx.IValueInfoProto => ({
      name,
      type: {
        tensorType: {
          elemType: FLOAT,
          shape: { dim: [{ dimParam: "N" }, { dimValue: 1 }, { dimParam: "H" }, { dimParam: "W" }] },
        },
      },
    });
    return onnx.ModelProto.encode({
      irVersion: IR_VERSION,
      producerName: "defcon-fiji",
      producerVersion: VERSION,
      opsetImport: [{ domain: "", version: OPSET }],
      metadataProps: Object.entries(metadata).map(([key, text]) => ({ key, value: text })),
      graph: {
        name: graphName,
        node: this.nodes,
        initializer: this.initializers,
        input: [value(input)],
        output: [value(output)],
      },
    }).finish();
  }

  private freshName(operator: string): string {
    const count = (this.counts.get(operator) ?? 0) + 1;
    this.counts.set(operator, count);
    return `${operator}_${count}`;
  }
}

function attribute(name: string, value: Attribute): onnx.IAttributeProto {
  const types = onnx.AttributeProto.AttributeType;
  if (typeof value === "number") return { name, i: value, type: types.INT };
  if (typeof value === "string") return { name, s: new TextEncoder().encode(value), type: types.STRING };
  return { name, ints: [...value], type: types.INTS };
}

/** ONNX stores raw tensors in little endian, as every machine that Node.js runs on does. */
function littleEndianBytes(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
