import assert from "node:assert/strict";
import { after, test } from "node:test";
import { grpcClient, runDoor } from "../../support/door.js";
import { maxDifference, oracleStacks } from "../../support/oracle.js";

const door = await runDoor({ after });
const client = grpcClient({ after }, door);
const bearer = { authorization: `Bearer ${door.token}` };
const modelName = "random_defcon";
/** gRPC's numbers of statuses. */
const STATUS = { invalidArgument: 3, notFound: 5, permissionDenied: 7, exhausted: 8, unauthenticated: 16 };

const FRAMES = { name: "frames", datatype: "UINT8", shape: [2, 4, 8] };
const floats = (bytes: Uint8Array) => new Float32Array(Uint8Array.from(bytes).buffer);
const doubles = (bytes: Uint8Array) => new Float64Array(Uint8Array.from(bytes).buffer);

test("health, the server and its models are told", async () => {
  assert.equal((await client.ask("ServerLive", {}, {})).live, true);
  assert.equal((await client.ask("ServerReady", {}, {})).ready, true);
  assert.equal((await client.ask("ServerMetadata", {}, bearer)).name, "defcon-fiji");
  assert.equal((await client.ask("ModelReady", { name: modelName }, bearer)).ready, true);
  assert.equal((await client.ask("ModelReady", { name: "nothing" }, bearer)).ready, false);
  const { inputs, outputs } = await client.ask("ModelMetadata", { name: modelName, version: "1" }, bearer);
  assert.deepEqual([inputs[0]!.name, inputs[0]!.shape], ["frames", [-1, -1, -1]]);
  assert.deepEqual(
    outputs.map(({ name, datatype }) => `${name} ${datatype}`),
    ["count FP64", "max_local_count FP64", "density FP32"],
  );
});

test("frames of every pixel type are counted as TensorFlow counts them", async () => {
  for (const { pixelType, pixels, frames, width, height, density, count } of oracleStacks()) {
    const datatype = { uint8: "UINT8", uint16: "UINT16", float32: "FP32" }[pixelType];
    const shape = [frames, height, width];
    const request = {
      ...{ modelName, id: "seven", outputs: [{ name: "density" }, { name: "count" }] },
      inputs: [{ name: "frames", datatype, shape }],
    };
    const raw = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    const answer = await client.ask("ModelInfer", { ...request, rawInputContents: [raw] }, bearer);
    assert.equal(answer.id, "seven");
    assert.deepEqual(answer.outputs[0]!.shape, shape);
    assert.ok(maxDifference(floats(answer.rawOutputContents[0]!), density) < 1e-5);
    assert.ok(maxDifference(doubles(answer.rawOutputContents[1]!), count) < 1e-3);

    const list = pixelType === "float32" ? "fp32Contents" : "uintContents";
    const inputs = [{ ...request.inputs[0]!, contents: { [list]: [...pixels] } }];
    const again = await client.ask("ModelInfer", { ...request, inputs }, bearer);
    assert.deepEqual(again.rawOutputContents, answer.rawOutputContents);
  }
});

test("many calls of a connection at a time are all answered, each with its own", async () => {
  const calls = Array.from({ length: 100 }, (_, i) => {
    const frames = 1 + (i % 5);
    const request = {
      ...{ modelName, id: String(i), outputs: [{ name: "count" }] },
      inputs: [{ ...FRAMES, shape: [frames, 4, 8] }],
      rawInputContents: [new Uint8Array(frames * 32).fill(i)],
    };
    return client.ask("ModelInfer", request, bearer).then((answer) => {
      assert.equal(answer.id, String(i));
      return [i, doubles(answer.rawOutputContents[0]!)] as const;
    });
  });
  for (const [i, counts] of await Promise.all(calls)) {
    assert.equal(counts.length, 1 + (i % 5));
    // All frames of a request are alike.
    assert.equal(new Set(counts).size, 1);
  }
});

test("what cannot be is refused by gRPC's status and an error that says what", async () => {
  const raw = [new Uint8Array(64)];
  const refused = async (request: object, code: number, words: RegExp, headers = bearer as object) => {
    const asked = client.ask("ModelInfer", { modelName, ...request }, headers as Record<string, string>);
    await assert.rejects(asked, (error: { code: number; details: string }) => {
      assert.match(error.details, words);
      assert.equal(error.code, code);
      return true;
    });
  };
  const good = { inputs: [FRAMES], rawInputContents: raw };
  await refused(good, STATUS.unauthenticated, /^PROTOCOL_TOKEN: /, {});
  await refused(good, STATUS.unauthenticated, /another/, { authorization: "Bearer x" });
  await refused(good, STATUS.permissionDenied, /other sites/, { ...bearer, origin: "http://evil.example" });
  await refused({ ...good, modelName: "nothing" }, STATUS.notFound, /^MODEL_NOT_FOUND: /);
  await refused({ inputs: [] }, STATUS.invalidArgument, /^PROTOCOL_MESSAGE: the inputs/);
  await refused({ inputs: [FRAMES] }, STATUS.invalidArgument, /^PROTOCOL_MESSAGE: .*64 elements/);
  const twice = [...raw, ...raw];
  await refused({ ...good, rawInputContents: twice }, STATUS.invalidArgument, /raw_input_contents/);
  const short = [new Uint8Array(63)];
  await refused({ ...good, rawInputContents: short }, STATUS.invalidArgument, /64 bytes/);
  await refused({ ...good, outputs: [{ name: "maps" }] }, STATUS.invalidArgument, /maps/);
  await refused({ ...good, parameters: { pool: { int64Param: -1 } } }, STATUS.invalidArgument, /pool/);
  const axes = { ...FRAMES, shape: [-2, 4, 8] };
  await refused({ ...good, inputs: [axes] }, STATUS.invalidArgument, /shape/);
});

test("an error that names much is cut, so that its client gets it", async () => {
  const inputs = Array.from({ length: 64 }, (_, i) => ({ ...FRAMES, name: String(i).padEnd(256, "\u6f22") }));
  const named = (names: object[]) => ({
    ...{ modelName, inputs: names },
    rawInputContents: names.map(() => new Uint8Array(64)),
  });
  const long = { ...named([FRAMES]), outputs: [{ name: "\u6f22".repeat(256) }] };
  for (const request of [named(inputs), named(inputs.slice(0, 1)), long]) {
    await assert.rejects(client.ask("ModelInfer", request, bearer), {
      code: STATUS.invalidArgument,
      details: /^PROTOCOL_MESSAGE: .{1,700}$/u,
    });
  }
});

test("bytes that are no message, and messages of a million parts, are refused", async () => {
  const outcome = (bytes: Buffer, headers: Record<string, string> = bearer) =>
    client.send("ModelInfer", bytes, headers).then(
      () => 0,
      (error: { code: number }) => error.code,
    );
  assert.equal(await outcome(Buffer.from("not a message at all")), STATUS.invalidArgument);
  assert.equal(await outcome(Buffer.alloc(0)), STATUS.invalidArgument);
  // Field 5, an empty input, and field 7, empty contents, each a million times.
  for (const field of [0x2a, 0x3a]) {
    const parts = Buffer.alloc(2_000_000, Buffer.of(field, 0));
    assert.equal(await outcome(parts), STATUS.invalidArgument);
  }
  assert.equal((await client.ask("ServerLive", {}, {})).live, true);
});
