import assert from "node:assert/strict";
import { test } from "node:test";
import * as runtime from "onnxruntime-node";
import { Random } from "../../src/base/random.js";
import { channelBlock } from "../../src/engine/channel-block.js";
import { BlockedGraph } from "../../src/graph/blocked-graph.js";
import { type ConvGeometry, OnnxGraph } from "../../src/graph/onnx-graph.js";
import { freeValue, runGraph, type Values } from "../support/graph.js";

const block = await channelBlock(runtime, (graph) => runtime.InferenceSession.create(graph));
const skip = block === undefined ? "this processor has no blocked layout" : false;

const GEOMETRIES: readonly ConvGeometry[] = [
  { kernel: 3, stride: 1, pads: [1, 1], inChannels: 1, outChannels: 16 },
  { kernel: 5, stride: 2, pads: [1, 2], inChannels: 16, outChannels: 16 },
  { kernel: 3, stride: 2, pads: [0, 1], inChannels: 16, outChannels: 32 },
  { kernel: 5, stride: 1, pads: [2, 2], inChannels: 32, outChannels: 16 },
  { kernel: 2, stride: 1, pads: [1, 0], inChannels: 16, outChannels: 32 },
  { kernel: 1, stride: 1, pads: [0, 0], inChannels: 32, outChannels: 4 },
];

const size = (dims: readonly number[]) => dims.reduce((product, side) => product * side, 1);

test("a chain of convolutions gives in blocks what it gives plainly, wherever a map is read", {
  skip,
}, async () => {
  const random = new Random(3);
  const values = (...dims: number[]): Values => ({
    dims,
    data: Float32Array.from({ length: size(dims) }, () => random.uniform(-1, 1)),
  });
  const feeds: Record<string, Values> = { x: values(2, 1, 12, 20) };
  for (const [i, { kernel, inChannels, outChannels }] of GEOMETRIES.entries()) {
    feeds[`w${i}`] = values(outChannels, inChannels, kernel, kernel);
    feeds[`b${i}`] = values(outChannels);
  }
  const build = (graph: OnnxGraph) => {
    let value = "x";
    for (const [i, geometry] of GEOMETRIES.entries()) {
      const linear = graph.addConv([value, `w${i}`, `b${i}`], geometry);
      const active = graph.add("Relu", [linear]);
      // An operator that needs the plain layout in the middle, then one of both layouts at once.
      graph.add("ReduceSum", [active, graph.integers([0, 2, 3])], { keepdims: 0 }, `sum${i}`);
      const shifted = graph.add("Sub", [active, graph.scalar(0.25)]);
      value = graph.add("Mul", [
        graph.add("HardSigmoid", [active], { alpha: { real: 1 }, beta: { real: 0 } }),
        shifted,
      ]);
    }
    graph.add("Identity", [value], {}, "y");
    const inputs = Object.entries(feeds).map(([name, { dims }]) => freeValue(name, dims.length));
    const sums = GEOMETRIES.map((_, i) => freeValue(`sum${i}`, 1));
    return graph.model("chain", inputs, [freeValue("y", 4), ...sums]);
  };
  const expected = await runGraph(build(new OnnxGraph()), feeds);
  const found = await runGraph(build(new BlockedGraph(block!)), feeds);
  for (const [name, plain] of Object.entries(expected)) {
    assert.equal(found[name]!.length, plain.length);
    const largest = plain.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const [i, value] of plain.entries()) {
      assert.ok(Math.abs(found[name]![i]! - value) <= 1e-5 * largest, `${name}[${i}]`);
    }
  }
});
