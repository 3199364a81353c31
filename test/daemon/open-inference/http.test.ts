import assert from "node:assert/strict";
import { after, test } from "node:test";
import { encodeInferRequest } from "../../../src/open-inference/infer-request.js";
import { decodeInferResponse } from "../../../src/open-inference/infer-response.js";
import { JSON_LENGTH_HEADER } from "../../../src/open-inference/message.js";
import { tensorOf, valuesOf } from "../../../src/open-inference/tensor.js";
import { runDoor } from "../../support/door.js";
import { maxDifference, oracleStacks, SHIPPED_MODEL } from "../../support/oracle.js";

const { ask, token } = await runDoor({ after });
const stacks = oracleStacks();
const MODEL = "/v2/models/random_defcon";
const DATATYPES = { uint8: "UINT8", uint16: "UINT16", float32: "FP32" } as const;

interface JsonAnswer {
  error?: string;
  id?: string;
  outputs: { name: string; datatype: string; shape: number[]; data: number[] }[];
}

async function infer(body: object, path = `${MODEL}/infer`): Promise<{ status: number; answer: JsonAnswer }> {
  const response = await ask(path, { method: "POST", body: JSON.stringify(body), ...withToken() });
  return { status: response.status, answer: (await response.json()) as JsonAnswer };
}

function withToken(headers: Record<string, string> = {}) {
  return { headers: { authorization: `Bearer ${token}`, ...headers } };
}

/** Frames of bytes, 8 x 4. */
const FRAMES = { name: "frames", datatype: "UINT8", shape: [2, 4, 8], data: Array(64).fill(7) };

test("health, the server and its models are told", async () => {
  for (const [path, expected] of [
    ["/v2/health/live", { live: true }],
    ["/v2/health/ready", { ready: true }],
    [`${MODEL}/ready`, { name: "random_defcon", ready: true }],
    [`${MODEL}/versions/1/ready`, { name: "random_defcon", ready: true }],
  ] as const) {
    const response = await ask(path);
    assert.equal(response.status, 200, path);
    assert.deepEqual(await response.json(), expected);
  }
  const server = (await (await ask("/v2")).json()) as { name: string; extensions: string[] };
  assert.equal(server.name, "defcon-fiji");
  assert.ok(server.extensions.includes("binary_tensor_data"));
  const model = (await (await ask(MODEL)).json()) as { inputs: object[]; outputs: { name: string }[] };
  assert.deepEqual(model.inputs, [{ name: "frames", datatype: "UINT16", shape: [-1, -1, -1] }]);
  // The random model does not say how far it is to be trusted.
  assert.deepEqual(
    model.outputs.map(({ name }) => name),
    ["count", "max_local_count", "density"],
  );
  assert.equal((await ask("/v2/models/nothing/ready")).status, 404);
  assert.equal((await ask(`${MODEL}/versions/2`)).status, 404);
});

test("frames of every pixel type are counted as TensorFlow counts them, as JSON and as binary data", async () => {
  for (const { pixelType, pixels, frames, width, height, density, count, maxLocalCount } of stacks) {
    const input = tensorOf("frames", DATATYPES[pixelType], [frames, height, width], pixels as never);
    const outputs = ["count", "max_local_count", "density"].map((name) => ({ name, binary: true }));
    const { headers, parts } = encodeInferRequest({ inputs: [input], outputs });
    const body = Buffer.concat(parts);
    const response = await ask(`${MODEL}/infer`, { method: "POST", body, ...withToken(headers) });
    assert.equal(response.status, 200);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const told = decodeInferResponse(bytes, response.headers.get(JSON_LENGTH_HEADER) ?? undefined);
    const [counts, locals, map] = told.outputs;
    assert.deepEqual(map!.shape, [frames, height, width]);
    assert.ok(maxDifference(valuesOf(map!, "FP32"), density) < 1e-5);
    assert.ok(maxDifference(valuesOf(counts!, "FP64"), count) < 1e-3);
    assert.ok(maxDifference(valuesOf(locals!, "FP64"), maxLocalCount["7"]) < 1e-4);

    const { answer } = await infer({
      id: "seven",
      inputs: [{ name: "frames", datatype: input.datatype, shape: input.shape, data: [...pixels] }],
      outputs: outputs.map(({ name }) => ({ name })),
    });
    assert.equal(answer.id, "seven");
    assert.deepEqual(answer.outputs[0]!.data, [...valuesOf(counts!, "FP64")]);
    assert.deepEqual(answer.outputs[2]!.data, [...valuesOf(map!, "FP32")]);
  }
});

test("uint32 frames are counted as the same numbers in float32; a number that float32 lacks is refused", async () => {
  const { pixels, frames, width, height } = stacks.find(({ pixelType }) => pixelType === "uint16")!;
  const shape = [frames, height, width];
  const input = { name: "frames", shape, data: [...pixels] };
  const long = await infer({ inputs: [{ ...input, datatype: "UINT32" }] });
  const float = await infer({ inputs: [{ ...input, datatype: "FP32" }] });
  assert.deepEqual(long.answer.outputs, float.answer.outputs);
  const odd = { ...FRAMES, datatype: "UINT32", data: Array(64).fill(16_777_217) };
  const { status, answer } = await infer({ inputs: [odd] });
  assert.equal(status, 400);
  assert.match(answer.error!, /^INPUT_PIXEL_VALUE: .*16777217/);
});

test("a single frame has the shape (H, W), and so has its map", async () => {
  const { answer } = await infer({
    inputs: [{ ...FRAMES, shape: [8, 8] }],
    outputs: [{ name: "density" }, { name: "count" }],
  });
  assert.deepEqual(
    answer.outputs.map(({ shape }) => shape),
    [[8, 8], [1]],
  );
});

test("the parameter pool is the side of the square of the max local count", async () => {
  const stack = stacks[0]!;
  const input = {
    name: "frames",
    datatype: DATATYPES[stack.pixelType],
    shape: [stack.frames, stack.height, stack.width],
    data: [...stack.pixels],
  };
  const { answer } = await infer({ parameters: { pool: 5 }, inputs: [input] });
  const locals = answer.outputs.find(({ name }) => name === "max_local_count")!;
  assert.ok(maxDifference(locals.data, stack.maxLocalCount["5"]) < 1e-4);
});

test("what cannot be is refused by an error that says what, by its code, and by HTTP's status", async () => {
  const refusals: [object, number, RegExp][] = [
    [{}, 400, /^PROTOCOL_MESSAGE: the inputs/],
    [{ inputs: [] }, 400, /^PROTOCOL_MESSAGE/],
    [
      { inputs: [FRAMES, { ...FRAMES, name: "more" }] },
      400,
      /^PROTOCOL_MESSAGE: the inputs.*one, named frames/,
    ],
    [{ inputs: [{ ...FRAMES, name: "image" }] }, 400, /^PROTOCOL_MESSAGE: the inputs.*image/],
    [{ inputs: [{ ...FRAMES, datatype: "BYTES" }] }, 400, /^PROTOCOL_MESSAGE/],
    [{ inputs: [{ ...FRAMES, shape: [64] }] }, 400, /^INPUT_SIZE/],
    [{ inputs: [{ ...FRAMES, shape: [0, 4, 8], data: [] }] }, 400, /^INPUT_SIZE/],
    [{ inputs: [{ ...FRAMES, shape: [2, 4, 8, 3] }] }, 400, /^PROTOCOL_MESSAGE|^INPUT_SIZE/],
    [{ inputs: [FRAMES], outputs: [{ name: "maps" }] }, 400, /^PROTOCOL_MESSAGE: output.*count.*maps/],
    // This model does not know, and the frames are too small to tell.
    [{ inputs: [FRAMES], outputs: [{ name: "count_error" }] }, 400, /^PROTOCOL_MESSAGE: output/],
    [{ inputs: [FRAMES], parameters: { pool: 0 } }, 400, /^PROTOCOL_MESSAGE: parameter pool/],
    [{ inputs: [FRAMES], parameters: { size: 7 } }, 400, /^PROTOCOL_MESSAGE: .*pool, pixel_size/],
  ];
  for (const [body, expected, words] of refusals) {
    const { status, answer } = await infer(body);
    assert.equal(status, expected, JSON.stringify(body));
    assert.match(answer.error!, words);
  }
  const unknown = await infer({ inputs: [FRAMES] }, "/v2/models/nothing/infer");
  assert.equal(unknown.status, 404);
  assert.match(unknown.answer.error!, /^MODEL_NOT_FOUND: model nothing/);
  // A path is no name, whoever asks.
  const path = await infer({ inputs: [FRAMES] }, `/v2/models/${encodeURIComponent(SHIPPED_MODEL)}/infer`);
  assert.equal(path.status, 404);
});

test("a frame without an expected error does not keep the others' answer back", async () => {
  const [flat, noisy] = [
    Array(256).fill(100),
    Array.from({ length: 256 }, (_, i) => 100 + ((i * 7919) % 61)),
  ];
  const inputs = [{ name: "frames", datatype: "UINT16", shape: [2, 16, 16], data: [...flat, ...noisy] }];
  const { status, answer } = await infer({ inputs, outputs: [] }, "/v2/models/defcon-fast/infer");
  assert.equal(status, 200, answer.error);
  const data = (output: string): (number | null)[] =>
    answer.outputs.find(({ name }) => name === output)!.data;
  assert.equal(data("count").length, 2);
  assert.equal(data("count_error")[0], null);
  assert.ok(data("count_error")[1]! >= 0);
});

test("a frame that cannot be counted is named by its place among those of the request", async () => {
  const values = new Float32Array(3 * 32).fill(1);
  values[40] = Number.NaN;
  const { headers, parts } = encodeInferRequest({ inputs: [tensorOf("frames", "FP32", [3, 4, 8], values)] });
  const body = Buffer.concat(parts);
  const response = await ask(`${MODEL}/infer`, { method: "POST", body, ...withToken(headers) });
  assert.equal(response.status, 400);
  assert.match(((await response.json()) as JsonAnswer).error!, /^INPUT_PIXEL_VALUE: frame 1:/);
});
