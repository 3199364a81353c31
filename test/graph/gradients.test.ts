import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/base/random.js";
import { addGradients } from "../../src/graph/gradients.js";
import { OnnxGraph } from "../../src/graph/onnx-graph.js";
import { type Operators, Tape } from "../../src/graph/tape.js";
import { freeValue, runGraph, type Values } from "../support/graph.js";

/** An operator with inputs of these shapes; `output` is the shape of what it makes. */
interface Case<K extends keyof Operators = keyof Operators> {
  title?: string;
  operator: K;
  inputs: readonly (readonly number[])[];
  output: readonly number[];
  detail: Operators[K];
}

const conv = (title: string, detail: Operators["conv"], side: number, to: number): Case<"conv"> => ({
  title,
  operator: "conv",
  inputs: [
    [2, detail.inChannels, side, side + 4],
    [detail.outChannels, detail.inChannels, detail.kernel, detail.kernel],
    [detail.outChannels],
  ],
  output: [2, detail.outChannels, to, detail.stride === 2 ? to + 2 : to + 4],
  detail,
});
const elementwise = (operator: keyof Operators, count: number): Case => ({
  operator,
  inputs: Array.from({ length: count }, () => [2, 3, 4, 4]),
  output: [2, 3, 4, 4],
  detail: undefined,
});

const CASES: readonly Case[] = [
  conv("conv 3x3", { kernel: 3, stride: 1, pads: [1, 1], inChannels: 3, outChannels: 4 }, 8, 8),
  conv("conv 5x5", { kernel: 5, stride: 1, pads: [2, 2], inChannels: 2, outChannels: 3 }, 8, 8),
  conv("conv 3x3 of stride 2", { kernel: 3, stride: 2, pads: [0, 1], inChannels: 3, outChannels: 2 }, 8, 4),
  conv("conv 5x5 of stride 2", { kernel: 5, stride: 2, pads: [1, 2], inChannels: 1, outChannels: 2 }, 8, 4),
  conv("conv 2x2 of phases", { kernel: 2, stride: 1, pads: [1, 0], inChannels: 2, outChannels: 4 }, 4, 4),
  conv("conv 1x1", { kernel: 1, stride: 1, pads: [0, 0], inChannels: 5, outChannels: 3 }, 4, 4),
  conv(
    "conv 4x4 without padding",
    { kernel: 4, stride: 1, pads: [0, 0], inChannels: 1, outChannels: 1 },
    8,
    5,
  ),
  {
    title: "arrange a weight with zeros between",
    operator: "arrange",
    inputs: [[4]],
    output: [2, 3],
    detail: { dims: [2, 3], index: Int32Array.from([3, -1, 0, 1, -1, 2]), length: 4 },
  },
  {
    title: "arrange a weight twice",
    operator: "arrange",
    inputs: [[3]],
    output: [6],
    detail: { dims: [6], index: Int32Array.from([2, 0, 1, 0, 1, 2]), length: 3 },
  },
  {
    title: "arrange a weight whose values are used unequally often, or not at all",
    operator: "arrange",
    inputs: [[4]],
    output: [2, 3],
    detail: { dims: [2, 3], index: Int32Array.from([3, 1, 0, 1, -1, 1]), length: 4 },
  },
  { operator: "join", inputs: [[6, 2, 3, 4]], output: [2, 6, 3, 4], detail: { channels: 2 } },
  { operator: "part", inputs: [[2, 6, 3, 4]], output: [6, 2, 3, 4], detail: { channels: 2 } },
  { operator: "interleave", inputs: [[2, 8, 3, 4]], output: [2, 2, 6, 8], detail: { channels: 2 } },
  elementwise("relu", 1),
  elementwise("sigmoid", 1),
  elementwise("softplus", 1),
  elementwise("add", 2),
  elementwise("subtract", 2),
  elementwise("multiply", 2),
  elementwise("square", 1),
  { operator: "sumOfSample", inputs: [[2, 3, 4, 4]], output: [2, 1, 1, 1], detail: undefined },
  { operator: "maxOfSample", inputs: [[2, 3, 4, 4]], output: [2, 1, 1, 1], detail: undefined },
  { operator: "sum", inputs: [[2, 3, 4, 4]], output: [], detail: undefined },
];

const size = (dims: readonly number[]) => dims.reduce((product, side) => product * side, 1);

/** Values at least 0.05 from 0, where relu has a corner that finite differences would straddle. */
function randomValues(random: Random, dims: readonly number[]): Values {
  const data = Float32Array.from({ length: size(dims) }, () => {
    const value = random.uniform(-1, 1);
    return value + (value < 0 ? -0.05 : 0.05);
  });
  return { dims, data };
}

for (const { title, operator, inputs, output, detail } of CASES) {
  test(`the gradient of ${title ?? operator} is that of finite differences`, async () => {
    const random = new Random(1, title ?? operator);
    const names = inputs.map((_, i) => `x${i}`);
    const graph = new OnnxGraph();
    const tape = new Tape(graph);
    const value = tape.apply(operator, names, detail as never);
    const weighted = tape.apply("multiply", [value, "weights"], undefined);
    const scalar = graph.add("Identity", [tape.apply("sum", [weighted], undefined)], {}, "scalar");
    const gradients = addGradients(tape, tape.operations.at(-1)!.output, names);
    for (const [i, gradient] of gradients.entries()) graph.add("Identity", [gradient], {}, `dx${i}`);
    const bytes = graph.model(
      "case",
      [...names.map((name, i) => freeValue(name, inputs[i]!.length)), freeValue("weights", output.length)],
      [{ name: scalar, dims: [] }, ...names.map((_, i) => freeValue(`dx${i}`, inputs[i]!.length))],
    );
    const feeds: Record<string, Values> = { weights: randomValues(random, output) };
    for (const [i, dims] of inputs.entries()) feeds[`x${i}`] = randomValues(random, dims);
    const found = await runGraph(bytes, feeds);
    const step = 2 ** -6;
    for (const [i, name] of names.entries()) {
      const { data } = feeds[name]!;
      assert.equal(found[`dx${i}`]!.length, data.length);
      for (const at of new Set(Array.from({ length: 12 }, () => random.below(data.length)))) {
        const shifted = async (by: number) => {
          const copy = data.slice();
          copy[at]! += by;
          return (await runGraph(bytes, { ...feeds, [name]: { ...feeds[name]!, data: copy } })).scalar![0]!;
        };
        const difference = ((await shifted(step)) - (await shifted(-step))) / (2 * step);
        const gradient = found[`dx${i}`]![at]!;
        assert.ok(
          Math.abs(gradient - difference) < 2e-3 * (1 + Math.abs(difference)),
          `input ${i}, value ${at}: ${gradient} instead of ${difference}`,
        );
      }
    }
  });
}

test("a value used twice gets both gradients, a scalar that does not depend on one is an error", async () => {
  const graph = new OnnxGraph();
  const tape = new Tape(graph);
  const product = tape.apply("multiply", ["a", "b"], undefined);
  const sum = tape.apply("sum", [tape.apply("add", [product, "a"], undefined)], undefined);
  const [gradient] = addGradients(tape, sum, ["a"]);
  graph.add("Identity", [gradient!], {}, "da");
  const bytes = graph.model("twice", [freeValue("a", 1), freeValue("b", 1)], [freeValue("da", 1)]);
  const values = (...data: number[]) => ({ dims: [data.length], data: Float32Array.from(data) });
  const { da } = await runGraph(bytes, { a: values(1, 2), b: values(5, -3) });
  assert.deepEqual([...da!], [6, -2]);
  assert.throws(() => addGradients(tape, sum, ["c"]), RangeError);
});
