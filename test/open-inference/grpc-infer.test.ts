import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolError } from "../../src/base/errors.js";
import { decodeModelQuestion } from "../../src/open-inference/grpc-about.js";
import { decodeGrpcInferRequest, encodeGrpcInferResponse } from "../../src/open-inference/grpc-infer.js";
import { tensorOf, valuesOf } from "../../src/open-inference/tensor.js";
import { randomSource } from "../support/random.js";

/** A field of protocol buffers that begins with its length, below 128 bytes. */
function field(number: number, content: string | readonly number[]): number[] {
  const bytes = typeof content === "string" ? [...Buffer.from(content)] : content;
  assert.ok(bytes.length < 128);
  return [(number << 3) | 2, bytes.length, ...bytes];
}

/** Laid out by hand after the protocol's specification: a map's entry, whose value has a number in one field. */
const entry = (name: string, value: readonly number[]) => [...field(1, name), ...field(2, value)];
const INPUT = [...field(1, "frames"), ...field(2, "UINT16"), ...field(3, [2, 1, 1])];
const REQUEST = [
  ...field(1, "defcon"),
  ...field(2, "1"),
  ...field(3, "seven"),
  // An int64 in its field 2, a double (0.5) in its field 4.
  ...field(4, entry("pool", [2 << 3, 5])),
  ...field(4, entry("pixel_size", [(4 << 3) | 1, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f])),
  ...field(5, INPUT),
  ...field(6, field(1, "count")),
  ...field(7, [1, 0, 1, 2]),
];

test("a request is read as the protocol's specification lays it out", () => {
  const read = decodeGrpcInferRequest(Uint8Array.from(REQUEST));
  assert.deepEqual([read.modelName, read.modelVersion, read.id], ["defcon", "1", "seven"]);
  assert.deepEqual({ ...read.parameters }, { pool: 5, pixel_size: 0.5 });
  assert.deepEqual(
    read.outputs?.map(({ name }) => name),
    ["count"],
  );
  assert.deepEqual(read.inputs[0]!.shape, [2, 1, 1]);
  assert.deepEqual([...valuesOf(read.inputs[0]!, "UINT16")], [1, 513]);
});

test("contents are read from the list of their datatype", () => {
  const head = (datatype: string) => [...field(1, "a"), ...field(2, datatype), ...field(3, [2])];
  // InferTensorContents: bool 1, int 2, int64 3, uint 4, uint64 5, float 6, double 7; varints and bits by hand.
  for (const [datatype, contents, expected] of [
    ["BOOL", field(1, [1, 0]), [1, 0]],
    ["INT8", field(2, [5, ...Array(9).fill(0xff), 1]), [5, -1]],
    ["INT64", field(3, [5, 0x80, 1]), [5n, 128n]],
    ["UINT16", field(4, [5, 0x80, 2]), [5, 256]],
    ["UINT64", field(5, [0, 1]), [0n, 1n]],
    ["FP32", field(6, [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]), [1, -2]],
    ["FP64", field(7, [0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0]), [1, 0]],
  ] as const) {
    const input = [...head(datatype), ...field(5, contents)];
    const read = decodeGrpcInferRequest(Uint8Array.from([...field(1, "m"), ...field(5, input)]));
    assert.deepEqual([...valuesOf(read.inputs[0]!, datatype)], expected, datatype);
  }
});

test("an answer is laid out as the protocol's specification has it", () => {
  const outputs = [tensorOf("count", "FP64", [1], Float64Array.of(1))];
  const bytes = encodeGrpcInferResponse({ modelName: "m", modelVersion: "1", id: "x", outputs });
  const output = [...field(1, "count"), ...field(2, "FP64"), ...field(3, [1])];
  const expected = [
    ...field(1, "m"),
    ...field(2, "1"),
    ...field(3, "x"),
    ...field(5, output),
    ...field(6, [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]),
  ];
  assert.deepEqual([...bytes], expected);
});

test("whatever is changed in a message, it is read or refused by an error that says what", () => {
  const { below } = randomSource(7);
  for (let round = 0; round < 20_000; round++) {
    const bytes = Uint8Array.from(REQUEST);
    for (let change = below(4); change >= 0; change--) bytes[below(bytes.length)] = below(256);
    const message = below(4) === 0 ? bytes.subarray(0, below(bytes.length)) : bytes;
    for (const read of [decodeGrpcInferRequest, decodeModelQuestion]) {
      try {
        read(message);
      } catch (error) {
        assert.ok(error instanceof ProtocolError, `${Buffer.from(message).toString("hex")}: ${error}`);
      }
    }
  }
});
