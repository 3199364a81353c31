import "../../base/int64.js";
import { tensorflow } from "./generated/tensorflow.js";

const { DT_FLOAT, DT_INT32 } = tensorflow.DataType;

/** The version of TensorFlow's operators that the graphs here use: that of 1.4. */
const PRODUCER = 24;

/** An attribute of an operator: integers, one integer, a text, a yes or no, or a data type. */
export type TensorFlowAttribute =
  | readonly number[]
  | number
  | string
  | boolean
  | { type: tensorflow.DataType };

/**
 * Collects nodes of a TensorFlow graph. The name of a node stands for its value.
 * Attributes with their default value are left out: older runtimes may not know them.
 */
export class TensorFlowGraph {
  private readonly nodes = new Map<string, tensorflow.INodeDef>();

  /** Adds an operator on float32 values and returns its name. */
  add(
    name: string,
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, TensorFlowAttribute>> = {},
  ): string {
    const attr = Object.entries({ T: { type: DT_FLOAT }, ...attributes }).map(
      ([key, value]) => [key, attrValue(value)] as const,
    );
    return this.node({ name, op, input: [...inputs], attr: Object.fromEntries(attr) });
  }

  /** Adds an operator on int32 values. */
  addInteger(name: string, op: string, inputs: readonly string[]): string {
    return this.add(name, op, inputs, { T: { type: DT_INT32 } });
  }

  /** Adds the sizes of a value, int32. */
  addShape(name: string, value: string): string {
    return this.add(name, "Shape", [value], { out_type: { type: DT_INT32 } });
  }

  /** Adds part of a list of int32: `size` of its values from `begin` on. */
  addPart(name: string, list: string, begin: number, size: number): string {
    const inputs = [list, this.integers(`${name}/begin`, [begin]), this.integers(`${name}/size`, [size])];
    return this.add(name, "Slice", inputs, { T: { type: DT_INT32 }, Index: { type: DT_INT32 } });
  }

  /**
   * Adds a float32 value in a new shape.
   * The shape begins with `first`, where -1 stands for what remains. It goes on with sides of
   * another value, from the axis `from` up to but not including `to`.
   */
  addReshape(
    name: string,
    value: string,
    first: readonly number[],
    like: string,
    from: number,
    to: number,
  ): string {
    const sides = this.addPart(`${name}/sides`, this.addShape(`${name}/Shape`, like), from, to - from);
    const axis = this.addConstant(`${name}/axis`, DT_INT32, [], Int32Array.of(0));
    const shape = this.add(
      `${name}/shape`,
      "ConcatV2",
      [this.integers(`${name}/first`, first), sides, axis],
      {
        N: 2,
        T: { type: DT_INT32 },
      },
    );
    return this.add(name, "Reshape", [value, shape]);
  }

  /** Adds an operator that reduces a float32 value over axes. A list of int32 names the axes. */
  addReduction(
    name: string,
    op: "Min" | "Max",
    value: string,
    axes: readonly number[],
    keep: boolean,
  ): string {
    const inputs = [value, this.integers(`${name}/axes`, axes)];
    return this.add(name, op, inputs, { Tidx: { type: DT_INT32 }, keep_dims: keep });
  }

  /** Adds 1 where a float32 value is above 0, else 0. */
  addPositive(name: string, value: string): string {
    const zero = this.constant(`${name}/zero`, [], new Float32Array(1));
    const above = this.add(`${name}/above`, "Greater", [value, zero]);
    const attr = { SrcT: { type: tensorflow.DataType.DT_BOOL }, DstT: { type: DT_FLOAT } };
    return this.node({ name, op: "Cast", input: [above], attr });
  }

  /** Adds the input, float32. Free sides of its shape are -1. */
  addInput(name: string, dims: readonly number[], note: Readonly<Record<string, Uint8Array>>): string {
    // TensorFlow ignores attributes whose names begin with an underscore.
    const notes = Object.entries(note).map(([key, s]) => [`_${key}`, { s }]);
    const attr = { dtype: { type: DT_FLOAT }, shape: { shape: shapeOf(dims) }, ...Object.fromEntries(notes) };
    return this.node({ name, op: "Placeholder", attr });
  }

  /** Adds a float32 constant. */
  constant(name: string, dims: readonly number[], values: Float32Array): string {
    return this.addConstant(name, DT_FLOAT, dims, values);
  }

  /** Adds an int32 constant. */
  integers(name: string, values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.addConstant(name, DT_INT32, dims, Int32Array.from(values));
  }

  /** The graph as it is now. */
  graphDef(): tensorflow.IGraphDef {
    return { node: [...this.nodes.values()], versions: { producer: PRODUCER } };
  }

  private addConstant(
    name: string,
    dtype: tensorflow.DataType,
    dims: readonly number[],
    values: Float32Array | Int32Array,
  ): string {
    const tensorContent = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const tensor = { dtype, tensorShape: shapeOf(dims), tensorContent };
    return this.node({ name, op: "Const", attr: { dtype: { type: dtype }, value: { tensor } } });
  }

  private node(node: tensorflow.INodeDef & { name: string }): string {
    if (this.nodes.has(node.name)) throw new RangeError(`the graph has a node ${node.name} already`);
    this.nodes.set(node.name, node);
    return node.name;
  }
}

/** A shape; -1 stands for a free side. */
export function shapeOf(dims: readonly number[]): tensorflow.ITensorShapeProto {
  return { dim: dims.map((size) => ({ size })) };
}

function attrValue(value: TensorFlowAttribute): tensorflow.IAttrValue {
  if (typeof value === "string") return { s: new TextEncoder().encode(value) };
  if (typeof value === "boolean") return { b: value };
  if (typeof value === "number") return { i: value };
  if ("type" in value) return { type: value.type };
  return { list: { i: [...value] } };
}
