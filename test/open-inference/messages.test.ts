import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolError } from "../../src/base/errors.js";
import { decodeInferRequest, encodeInferRequest } from "../../src/open-inference/infer-request.js";
import { decodeInferResponse, encodeInferResponse } from "../../src/open-inference/infer-response.js";
import { type EncodedMessage, JSON_LENGTH_HEADER } from "../../src/open-inference/message.js";
import { readModelMetadata } from "../../src/open-inference/model-metadata.js";
import { tensorOf, valuesOf } from "../../src/open-inference/tensor.js";

const utf8 = (text: string) => new TextEncoder().encode(text);
const body = ({ parts }: EncodedMessage) => new Uint8Array(Buffer.concat(parts));
const jsonLength = ({ headers }: EncodedMessage) => headers[JSON_LENGTH_HEADER];

/** A request with one input, as a client that is not this program may write it. */
function request(input: object, binary: Uint8Array = new Uint8Array(0), rest: object = {}) {
  const json = utf8(JSON.stringify({ inputs: [input], ...rest }));
  return decodeInferRequest(new Uint8Array(Buffer.concat([json, binary])), String(json.length));
}

const refused = (expected: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ProtocolError, String(error));
  assert.equal(error.code, "PROTOCOL_MESSAGE");
  assert.match(error.message, expected);
  return true;
};

test("the example of the binary tensor data extension is read as it is described", () => {
  // Laid out by hand: the bytes of the first input, then those of the second, without a gap.
  const json = utf8(
    '{"model_name":"m","inputs":[{"name":"input0","shape":[2,2],"datatype":"UINT32","parameters":{"binary_data_size":16}},' +
      '{"name":"input1","shape":[3],"datatype":"BOOL","parameters":{"binary_data_size":3}}],' +
      '"outputs":[{"name":"output0","parameters":{"binary_data":true}}]}',
  );
  const bytes = Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1);
  const read = decodeInferRequest(new Uint8Array(Buffer.concat([json, bytes])), String(json.length));
  assert.deepEqual([...valuesOf(read.inputs[0]!, "UINT32")], [1, 2, 3, 256]);
  assert.deepEqual([...valuesOf(read.inputs[1]!, "BOOL")], [1, 0, 1]);
  assert.deepEqual(read.outputs, [{ name: "output0", binary: true, parameters: {} }]);
  assert.equal(read.binaryOutputs, false);
});

test("a request comes back as it was, with every float32's bits, viewed in place", () => {
  const values = new Float32Array([0, -0, 1.1, Number.NaN, Number.POSITIVE_INFINITY, 1e-45]);
  const inputs = [tensorOf("a", "FP32", [2, 3], values), tensorOf("b", "UINT16", [1], Uint16Array.of(513))];
  const message = encodeInferRequest({ id: "7", inputs, outputs: [{ name: "o", binary: true }] });
  const bytes = body(message);
  assert.equal(message.headers["content-length"], String(bytes.length));
  const read = decodeInferRequest(bytes, jsonLength(message));
  assert.equal(read.id, "7");
  const back = valuesOf(read.inputs[0]!, "FP32");
  assert.equal(back.buffer, bytes.buffer);
  assert.deepEqual(new Uint8Array(back.slice().buffer), new Uint8Array(values.buffer));
  assert.deepEqual([...valuesOf(read.inputs[1]!, "UINT16")], [513]);
});

test("an answer comes back as it was, as bytes and as JSON", () => {
  const outputs = [tensorOf("density", "FP32", [1, 2], Float32Array.of(0.1, -2.5))];
  for (const binary of [true, false]) {
    const message = encodeInferResponse(
      { modelName: "m", modelVersion: "1", id: "x", outputs },
      () => binary,
    );
    const read = decodeInferResponse(body(message), jsonLength(message));
    assert.equal(read.modelName, "m");
    assert.equal(read.modelVersion, "1");
    assert.equal(read.id, "x");
    assert.deepEqual(valuesOf(read.outputs[0]!, "FP32"), Float32Array.of(0.1, -2.5));
  }
});

test("numbers in JSON are taken in one list and nested by axes", () => {
  for (const data of [
    [1, 2, 3, 4, 5, 6],
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  ]) {
    const { inputs } = request({ name: "x", datatype: "INT16", shape: [2, 3], data });
    assert.deepEqual(valuesOf(inputs[0]!, "INT16"), Int16Array.of(1, 2, 3, 4, 5, 6));
  }
  const { inputs } = request({ name: "x", datatype: "UINT64", shape: [1], data: [2 ** 40] });
  assert.deepEqual(valuesOf(inputs[0]!, "UINT64"), BigUint64Array.of(1n << 40n));
});

test("binary_data_output asks for the outputs that do not say", () => {
  const input = { name: "x", datatype: "UINT8", shape: [1], data: [1] };
  const read = request(input, undefined, {
    parameters: { binary_data_output: true, mine: 3 },
    outputs: [{ name: "a" }, { name: "b", parameters: { binary_data: false } }],
  });
  assert.equal(read.binaryOutputs, true);
  assert.deepEqual(read.parameters, { mine: 3 });
  assert.deepEqual(
    read.outputs!.map(({ binary }) => binary),
    [true, false],
  );
});

test("a list of outputs that is empty names none, so that all are wanted", () => {
  const input = { name: "x", datatype: "UINT8", shape: [1], data: [1] };
  for (const more of [{ outputs: [] }, { outputs: null }, {}]) {
    assert.equal("outputs" in request(input, undefined, more), false);
  }
});

test("a hostile message is refused with what is wrong in it", () => {
  const good = { name: "x", datatype: "UINT8", shape: [2] };
  const sized = (size: unknown) => ({ ...good, parameters: { binary_data_size: size } });
  const two = Uint8Array.of(1, 2);
  const cases: [() => unknown, RegExp][] = [
    [() => request(sized(3), two), /binary_data_size of input x: expected .* the 2 left, found 3/],
    [() => request(sized(-1), two), /found -1/],
    [() => request(sized(1.5), two), /found 1.5/],
    [() => request(sized("2"), two), /found "2"/],
    [() => request(sized(1), two), /input x: expected 2 bytes for UINT8 of shape \[2\], found 1/],
    [() => request(sized(2), Uint8Array.of(1, 2, 3)), /bytes after the JSON: expected 2 .*, found 3/],
    [() => request({ ...sized(2), data: [1, 2] }, two), /either data or binary_data_size, found both/],
    [() => request(good), /data, or binary_data_size, found nothing/],
    [() => request({ ...good, data: [1, 256] }), /element 1 of input x: expected a UINT8, found 256/],
    [() => request({ ...good, data: [1, null] }), /found null/],
    [() => request({ ...good, data: [1] }), /expected 2 elements/],
    [() => request({ ...good, data: "12" }), /elements in a list/],
    [() => request({ ...good, shape: [2, 1], data: [[1], [2], [3]] }), /a list of 2, found one of 3/],
    [() => request({ ...good, shape: [2, 1], data: [[1, 2], []] }), /a list of 1, found one of 2/],
    [() => request({ ...good, datatype: "BYTES", data: ["a", "b"] }), /datatype of input x/],
    [() => request({ ...good, datatype: "toString", data: [] }), /datatype of input x/],
    [() => request({ ...good, datatype: "FP16", data: [1, 2] }), /FP16 as bytes/],
    [() => request({ ...good, datatype: "FP32", data: [1, 1e39] }), /a FP32, found 1e\+39/],
    [() => request({ ...good, datatype: "INT64", data: [1, 2 ** 60] }), /a INT64/],
    [() => request({ ...good, shape: [-1, -2], data: [] }), /shape of input x/],
    [() => request({ ...good, shape: [1.5], data: [] }), /shape of input x/],
    [() => request({ ...good, shape: [2 ** 40, 2 ** 40], data: [] }), /size that can be in memory/],
    [() => request({ ...good, shape: [0, 2 ** 60], data: [] }), /shape of input x/],
    [() => request({ ...good, shape: [1, 1, 1, 1, 1, 1, 1, 1, 2], data: [1, 2] }), /at most 8/],
    [() => request({ ...good, shape: "2", data: [1, 2] }), /shape of input x/],
    [() => request({ ...good, name: "", data: [1, 2] }), /name of an input/],
    [() => request({ ...good, name: "n".repeat(257), data: [1, 2] }), /1 to 256 characters/],
    [() => request({ ...good, parameters: [1], data: [1, 2] }), /parameters of input x/],
    [() => request({ ...good, parameters: { a: {} }, data: [1, 2] }), /parameters of input x: a/],
    [() => request({ ...good, data: [1, 2] }, undefined, { inputs: [] }), /one or more, found none/],
    [() => request({ ...good, data: [1, 2] }, undefined, { inputs: Array(65).fill({}) }), /at most 64/],
    [
      () => request({ ...good, data: [1, 2] }, undefined, { outputs: [{ name: "a" }, { name: "a" }] }),
      /once/,
    ],
    [
      () => request({ ...good, data: [1, 2] }, undefined, { parameters: { binary_data_output: 1 } }),
      /true or/,
    ],
    [() => decodeInferRequest(utf8("[1]"), undefined), /an object, found \[1\]/],
    [() => decodeInferRequest(utf8('{"a"'), undefined), /JSON in UTF-8/],
    [() => decodeInferRequest(Uint8Array.of(0x22, 0xff, 0x22), undefined), /JSON in UTF-8/],
    [() => decodeInferRequest(new Uint8Array(4_194_305), undefined), /at most 4194304 bytes/],
  ];
  for (const [read, expected] of cases) assert.throws(read, refused(expected), String(read));
  const twice = utf8(JSON.stringify({ inputs: [good, good].map((input) => ({ ...input, data: [1, 2] })) }));
  assert.throws(() => decodeInferRequest(twice, undefined), refused(/each name once, found "x"/));
});

test("what is nested deeper than any stack is refused like anything else", () => {
  const lists = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
  const objects = `${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}`;
  const good = { name: '"x"', datatype: '"UINT8"', shape: "[2]", data: "[1,2]" };
  for (const [field, expected] of [
    ["name", /the name of an input/],
    ["datatype", /the datatype of input x/],
    ["shape", /the shape of input x/],
    ["data", /input x/],
  ] as const) {
    for (const value of [lists, objects, `[${lists}]`, `[${objects},1]`]) {
      const fields = Object.entries({ ...good, [field]: value }).map(([name, text]) => `"${name}":${text}`);
      const body = utf8(`{"inputs":[{${fields.join(",")}}]}`);
      assert.throws(() => decodeInferRequest(body, undefined), refused(expected), field);
    }
  }
});

test("a length of the JSON that cannot be is refused", () => {
  const json = utf8('{"inputs":[]}');
  for (const length of ["0", "14", "-1", "1e1", " 13", "13, 13", "", "99999999999999999999"]) {
    assert.throws(() => decodeInferRequest(json, length), refused(/Inference-Header-Content-Length/), length);
  }
});

test("JSON answers never hold what JSON cannot, and null for what is no number", () => {
  const answer = (...values: number[]) => {
    const outputs = [tensorOf("away", "FP64", [values.length], Float64Array.from(values))];
    return encodeInferResponse({ modelName: "m", outputs }, () => false);
  };
  assert.throws(() => answer(Number.POSITIVE_INFINITY), refused(/found Infinity/));
  const json = Buffer.concat(answer(1.5, Number.NaN, 0).parts).toString();
  assert.deepEqual(JSON.parse(json).outputs[0].data, [1.5, null, 0]);
  assert.throws(
    () => tensorOf("density", "FP32", [2], Float32Array.of(1)),
    refused(/expected 8 bytes for FP32 of shape \[2\], found 4/),
  );
});

test("a model's metadata is read as servers write it, and refused where it cannot be", () => {
  const metadata = {
    name: "defcon",
    versions: ["1"],
    platform: "onnxruntime_onnx",
    inputs: [{ name: "frames", datatype: "FP32", shape: [-1, 1, -1, -1] }],
    outputs: [{ name: "density", datatype: "FP32", shape: [-1, 1, -1, -1] }],
  };
  assert.deepEqual(readModelMetadata({ ...metadata, more: 1 }), metadata);
  const [tensor] = metadata.inputs;
  for (const inputs of [[{ ...tensor, shape: [-2] }], [tensor, tensor], {}, [{ ...tensor, name: 3 }]]) {
    assert.throws(() => readModelMetadata({ ...metadata, inputs }), refused(/input/));
  }
});
