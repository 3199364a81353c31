import { ModelFormatError } from "../../base/errors.js";
import { ARCHITECTURES } from "../../model/architectures.js";
import type { Activation, LayerKind, RowOf, WeightedRow } from "../../model/layer-rows.js";
import type { Architecture } from "../../model/layers.js";
import { elementCount, layerWeights, type Weight, type Weights } from "../../model/weights.js";
import { damagedModel } from "../metadata.js";
import { tensorflow } from "./generated/tensorflow.js";
import type { TensorBundle } from "./tensor-bundle.js";

/** Nodes of a graph by name. */
export type Nodes = ReadonlyMap<string, tensorflow.INodeDef>;

/** What a graph computes. */
export interface GraphContent {
  architecture: Architecture;
  /** At least those that the architecture needs. */
  weights: Weights;
  /** Side of the square of the max local count, pixels; undefined where the graph gives a density map. */
  pool: number | undefined;
  /** The number that the result is divided by. */
  division: number;
}

/** A layer found in a graph, with the nodes that its weights come from. */
interface FoundLayer {
  node: tensorflow.INodeDef;
  kind: WeightedKind;
  stride: string;
  activation: Activation;
  kernel: string;
  bias: string | undefined;
}

type WeightedKind = WeightedRow["kind"];

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  Relu: "relu",
  Sigmoid: "sigmoid",
  Softmax: "softmax",
};

/** How a layer with weights is written in a graph. */
interface LayerOperator<R> {
  title: string;
  operator: string;
  /** The index of the operator's input that is the layer's input. */
  input: number;
  strides(row: R): readonly number[];
}

const OPERATORS: { readonly [K in WeightedKind]: LayerOperator<RowOf<K>> } = {
  conv: {
    title: "convolution",
    operator: "Conv2D",
    input: 0,
    strides: ({ stride }) => [1, stride, stride, 1],
  },
  deconv: {
    title: "transposed convolution",
    operator: "Conv2DBackpropInput",
    input: 2,
    strides: () => [1, 2, 2, 1],
  },
  conv3d: {
    title: "convolution over frames",
    operator: "Conv3D",
    input: 0,
    strides: ({ stride }) => [1, 1, stride, stride, 1],
  },
};

const KINDS = new Map(
  (Object.keys(OPERATORS) as WeightedKind[]).map((kind) => [OPERATORS[kind].operator, kind]),
);

/**
 * Operators that layers without weights leave in a graph. The reader skips them.
 * The weights' shapes and the order of the layers tell where such a layer stands.
 */
const LAYOUT_OPERATORS: Record<Exclude<LayerKind, WeightedKind>, readonly string[]> = {
  // Read by isNormalised.
  normalise: [],
  window: ["Reshape"],
  upsample: ["Reshape", "ResizeNearestNeighbor"],
  dropout: [],
};

const LAYOUT = new Set(Object.values(LAYOUT_OPERATORS).flat());

/**
 * Finds the network in a graph by going back from its output.
 * What the graph computes tells which weights belong to a layer. Names do not: a graph may hold
 * several networks, and those of the original project do.
 * @param file named in errors
 * @param variables opens the values of variables
 * @throws ModelFormatError MODEL_ARCHITECTURE where the graph computes something else,
 * MODEL_FORMAT, MODEL_WEIGHTS
 */
export async function readLayers(
  file: string,
  nodes: Nodes,
  output: string,
  variables: () => Promise<TensorBundle>,
): Promise<GraphContent> {
  const walk = new Walk(file, nodes, output);
  const { pool, division } = readTail(walk);
  const layers: FoundLayer[] = [];
  for (let layer = readLayer(walk); layer; layer = readLayer(walk)) layers.unshift(layer);
  const normalised = isNormalised(walk);
  const architecture = [...ARCHITECTURES.values()].find((each) => matches(each, layers, normalised));
  if (!architecture) throw otherNetwork(file, layers, normalised, walk.node);
  const weights: Weights = new Map();
  for (const [i, row] of weighted(architecture).entries()) {
    const { kernel, bias } = layers[i]!;
    weights.set(`${row.name}/kernel`, await readValue(walk, kernel, variables));
    if (bias) weights.set(`${row.name}/bias`, await readValue(walk, bias, variables));
  }
  return { architecture, weights, pool, division };
}

/** A place in a graph that moves from a node to one of its inputs. */
class Walk {
  node: tensorflow.INodeDef;

  constructor(
    readonly file: string,
    readonly nodes: Nodes,
    output: string,
  ) {
    this.node = this.source(output);
    this.passIdentities();
  }

  op(): string {
    return this.node.op ?? "";
  }

  input(index: number): tensorflow.INodeDef {
    return this.source(this.inputName(index));
  }

  inputName(index: number): string {
    const name = this.node.input?.[index];
    if (name !== undefined) return name;
    throw damagedModel(this.file, `input ${index} of the node ${this.node.name}`, "none");
  }

  /** Goes to an input. */
  back(index: number): void {
    this.node = this.input(index);
    this.passIdentities();
  }

  /** The node that makes a value, which is named "node" or "node:0". */
  source(value: string): tensorflow.INodeDef {
    const node = this.nodes.get(value.replace(/:0$/, ""));
    if (node) return node;
    throw damagedModel(this.file, `a node ${value}`, "none");
  }

  private passIdentities(): void {
    // After as many steps as the graph has nodes, it goes in circles.
    for (let left = this.nodes.size; this.op() === "Identity" && left > 0; left--) this.node = this.input(0);
  }
}

/** What comes after the density map: a division, the max local count, zeros for constant frames. */
function readTail(walk: Walk): { pool: number | undefined; division: number } {
  let pool: number | undefined;
  let division = 1;
  let factor = 1;
  for (let left = walk.nodes.size; left > 0; left--) {
    if (walk.op() === "RealDiv") division *= scalarOf(walk, 1);
    else if (walk.op() === "AvgPool") pool = poolOf(walk, factor);
    else if (walk.op() === "Mul" && walk.input(1).op === "Const") factor *= scalarOf(walk, 1);
    else if (!["Max", "Pad", "Reshape"].includes(walk.op()) && !isMask(walk)) break;
    walk.back(0);
  }
  return { pool, division };
}

/** Whether this is the factor that makes the map of a constant frame zeros. */
function isMask(walk: Walk): boolean {
  return walk.op() === "Mul" && walk.input(1).op === "Cast";
}

function scalarOf(walk: Walk, index: number): number {
  const { data } = constantOf(walk.file, walk.input(index));
  if (data.length === 1 && Number.isFinite(data[0]) && data[0]! > 0) return data[0]!;
  throw damagedModel(walk.file, `one number above 0 in ${walk.inputName(index)}`, `${data.slice(0, 4)}`);
}

/** @param factor that the mean of a square is multiplied by */
function poolOf({ file, node }: Walk, factor: number): number {
  const [one, pool = 0, width] = integersOf(node, "ksize");
  if (one === 1 && pool === width && Math.abs(factor - pool ** 2) < 1e-3) return pool;
  throw damagedModel(
    file,
    "sums over square windows",
    `windows (${integersOf(node, "ksize")}) of ${node.name}, times ${factor}`,
  );
}

function passLayout(walk: Walk): void {
  for (let left = walk.nodes.size; LAYOUT.has(walk.op()) && left > 0; left--) walk.back(0);
}

/**
 * Reads a layer, its activation first, and goes to its input.
 * @returns undefined where there is no layer
 */
function readLayer(walk: Walk): FoundLayer | undefined {
  passLayout(walk);
  const activation = ACTIVATIONS[walk.op()];
  if (activation) {
    walk.back(0);
    passLayout(walk);
  }
  let bias: string | undefined;
  if (walk.op() === "BiasAdd") {
    bias = walk.inputName(1);
    walk.back(0);
  }
  const kind = KINDS.get(walk.op());
  const { node } = walk;
  if (!kind) {
    if (!activation && bias === undefined) return undefined;
    throw unexpected(walk, "a convolution");
  }
  if (textOf(node, "padding") !== "SAME" || !["NHWC", "NDHWC"].includes(textOf(node, "data_format", "NHWC")))
    throw unexpected(walk, "a convolution with the padding SAME and channels last");
  if (integersOf(node, "dilations").some((each) => each !== 1))
    throw unexpected(walk, "a convolution without gaps");
  const kernel = walk.inputName(1);
  walk.back(OPERATORS[kind].input);
  return {
    node,
    kind,
    stride: integersOf(node, "strides").join(),
    activation: activation ?? "linear",
    kernel,
    bias,
  };
}

/** Whether (x - min) / … of the input stands here. */
function isNormalised(walk: Walk): boolean {
  if (walk.op() !== "RealDiv") return false;
  walk.back(0);
  if (walk.op() !== "Sub" || walk.input(1).op !== "Min") return false;
  walk.back(0);
  passLayout(walk);
  return walk.op() === "Placeholder";
}

function weighted(architecture: Architecture): WeightedRow[] {
  return architecture.layers.filter((row) => "activation" in row);
}

function matches(architecture: Architecture, layers: readonly FoundLayer[], normalised: boolean): boolean {
  const rows = weighted(architecture);
  if (normalised !== architecture.layers.some(({ kind }) => kind === "normalise")) return false;
  return (
    rows.length === layers.length && rows.every((row, i) => describeRow(row) === describeFound(layers[i]!))
  );
}

function describeRow(row: WeightedRow): string {
  const { strides } = OPERATORS[row.kind] as LayerOperator<WeightedRow>;
  const bias = layerWeights(row, 1).some(({ name }) => name.endsWith("/bias"));
  return describeLayer(row.kind, strides(row).join(), row.activation, bias);
}

function describeFound({ kind, stride, activation, bias }: FoundLayer): string {
  return describeLayer(kind, stride, activation, bias !== undefined);
}

function describeLayer(kind: WeightedKind, stride: string, activation: Activation, bias: boolean): string {
  return `a ${OPERATORS[kind].title} with strides (${stride}), ${activation}, ${bias ? "a" : "no"} bias`;
}

/** A weight's values, from a constant or a variable. */
async function readValue(walk: Walk, value: string, variables: () => Promise<TensorBundle>): Promise<Weight> {
  const at = new Walk(walk.file, walk.nodes, value);
  if (at.op() === "ReadVariableOp") at.back(0);
  if (at.op() === "Const") return constantOf(at.file, at.node);
  if (["VariableV2", "Variable", "VarHandleOp"].includes(at.op()))
    return (await variables()).read(at.node.name ?? "");
  throw unexpected(at, "a constant or a variable");
}

/** The values of a float32 constant. */
function constantOf(file: string, node: tensorflow.INodeDef): Weight {
  const tensor = node.attr?.value?.tensor;
  const shape = (tensor?.tensorShape?.dim ?? []).map(({ size }) => Number(size ?? 0));
  const count = elementCount(shape);
  if (node.op !== "Const" || tensor?.dtype !== tensorflow.DataType.DT_FLOAT)
    throw damagedModel(file, `float32 values in ${node.name}`, `${node.op}`);
  const bytes = tensor.tensorContent ?? new Uint8Array(0);
  if (bytes.length === 4 * count && count > 0)
    return { shape, data: new Float32Array(new Uint8Array(bytes).buffer) };
  const values = tensor.floatVal ?? [];
  const last = values.at(-1);
  // Repeated values at the end are left out of the file.
  if (bytes.length > 0 || last === undefined || values.length > count || count > MAX_REPEATED)
    throw damagedModel(file, `${4 * count} bytes of ${node.name} (${shape})`, `${bytes.length}`);
  return { shape, data: Float32Array.from({ length: count }, (_, i) => values[i] ?? last) };
}

/** Most values taken from a constant that repeats one: more than any layer has. */
const MAX_REPEATED = 1 << 24;

function integersOf(
  node: tensorflow.INodeDef,
  name: string,
  otherwise: readonly number[] = [],
): readonly number[] {
  return node.attr?.[name]?.list?.i?.map(Number) ?? otherwise;
}

function textOf(node: tensorflow.INodeDef, name: string, otherwise = ""): string {
  const bytes = node.attr?.[name]?.s;
  return bytes ? Buffer.from(bytes).toString("utf8") : otherwise;
}

function unexpected({ file, node }: Walk, expected: string): ModelFormatError {
  return new ModelFormatError("MODEL_ARCHITECTURE", {
    subject: file,
    expected,
    found: `the operator ${node.op} (${node.name})`,
    advice: "Only density-estimation networks of this program and of the original can be imported.",
  });
}

function otherNetwork(
  file: string,
  layers: readonly FoundLayer[],
  normalised: boolean,
  { op, name }: tensorflow.INodeDef,
): ModelFormatError {
  const subject = `${file}: the network before the output`;
  const advice = "Only density-estimation networks of this program and of the original can be imported.";
  const alike = [...ARCHITECTURES.values()].find(
    (each) => normalised && weighted(each).length === layers.length,
  );
  for (const [i, row] of (alike ? weighted(alike) : []).entries()) {
    const [expected, found] = [describeRow(row), describeFound(layers[i]!)];
    if (expected === found) continue;
    return new ModelFormatError("MODEL_ARCHITECTURE", {
      subject,
      expected: `${expected} as layer ${row.name}`,
      found: `${layers[i]!.node.name}, ${found}`,
      advice,
    });
  }
  const counts = [...ARCHITECTURES.values()].map((each) => `${weighted(each).length} (${each.name})`);
  return new ModelFormatError("MODEL_ARCHITECTURE", {
    subject,
    expected: `${counts.join(" or ")} convolutions of normalised frames`,
    found: `${layers.length} of ${normalised ? "them" : `what the operator ${op} (${name}) gives`}`,
    advice,
  });
}
