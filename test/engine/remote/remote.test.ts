import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { packageRoot } from "../../../src/base/home.js";
import { Random } from "../../../src/base/random.js";
import type { EngineChoice, Network, ServerUrls } from "../../../src/engine/engine.js";
import { startChosenEngine } from "../../../src/engine/engines.js";
import { startOnnxRuntime } from "../../../src/engine/onnxruntime.js";
import { type Surroundings, startRemote } from "../../../src/engine/remote/remote.js";
import { encodeModel, readModel } from "../../../src/formats/registry.js";
import { triton } from "../../../src/formats/triton.js";
import { syntheticFrame } from "../../../src/frames/synthetic-frame.js";
import { type Model, weightOf } from "../../../src/model/weights.js";
import { makeCertificate, withoutOpenssl } from "../../support/certificate.js";
import { send, startInferenceServer, type TestServer } from "../../support/inference-server.js";
import { temporaryFolder } from "../../support/temporary.js";
import { WINDOW_MODEL } from "../../support/window-oracle.js";

const model = await readModel(join(packageRoot, "models", "defcon-fast.onnx"));
const local = await (await startOnnxRuntime("cpu")).prepare(model);
const normalised = await exported(model, "normalised");

/** The graph of an export for Triton. */
async function exported(of: Model, input: "raw" | "normalised"): Promise<Uint8Array> {
  const files = await encodeModel(of, triton, { input });
  return files.get(`${of.architecture.name}/1/model.onnx`)!;
}

/** Frames of spots, from 0 to 1. */
function framesOf(count: number, side: number): Float32Array {
  const frames = new Float32Array(count * side ** 2);
  for (let i = 0; i < count; i++) {
    const { pixels } = syntheticFrame(side, 6, new Random(5, "frames", i));
    const [least, most] = [Math.min(...pixels), Math.max(...pixels)];
    frames.set(
      pixels.map((value) => (value - least) / (most - least)),
      i * side ** 2,
    );
  }
  return frames;
}

const SHAPE = [3, 32, 32] as const;
const frames = framesOf(3, 32);
const expected = await local.predict(frames, SHAPE);
assert.ok(Math.max(...expected) > 0.1);

/** Time passes only by waiting. */
function surroundings() {
  const [waits, warnings]: [number[], string[]] = [[], []];
  let now = 0;
  const clock = {
    now: () => now,
    wait: async (ms: number) => {
      waits.push(ms);
      now += ms;
    },
    random: () => 0,
  };
  return { waits, warnings, clock, warn: (text: string) => warnings.push(text) };
}

async function prepared(
  t: TestContext,
  servers: readonly TestServer[] | string,
  choice: EngineChoice = {},
  around: Surroundings = surroundings(),
  of = model,
): Promise<Network> {
  const urls = typeof servers === "string" ? servers : servers.map(({ url }) => url).join(",");
  const engine = await startRemote(urls as ServerUrls, choice, around);
  const network = await engine.prepare(of);
  t.after(() => network.dispose());
  return network;
}

const NORMALISED = { input: "normalised", name: "defcon-fast" };
const serve = (t: TestContext, options: Partial<Parameters<typeof startInferenceServer>[2]> = {}) =>
  startInferenceServer(t, normalised, { ...NORMALISED, ...options });

test("a server with the exported network gives the maps of this machine, byte for byte", async (t) => {
  const around = surroundings();
  const server = await serve(t);
  const network = await prepared(t, [server], {}, around);
  assert.deepEqual(await network.predict(frames, SHAPE), expected);
  assert.deepEqual(around.warnings, []);
  const into = new Float32Array(expected.length);
  assert.equal(await network.predict(frames, SHAPE, into), into);
  assert.deepEqual(into, expected);
  assert.deepEqual(server.batches, [3, 3, 3]);
});

test("no request has more frames than the server says that it takes", async (t) => {
  const server = await serve(t, { maxBatch: () => 2 });
  const network = await prepared(t, [server]);
  assert.deepEqual(await network.predict(frames, SHAPE), expected);
  assert.deepEqual(server.batches, [2, 2, 1]);
});

test("a network that sees three frames counts on a server, too", async (t) => {
  const graph = await exported(WINDOW_MODEL, "normalised");
  const here = await (await startOnnxRuntime("cpu")).prepare(WINDOW_MODEL);
  let most: number | undefined;
  const options = { input: "normalised", name: "defcon3d", maxBatch: () => most };
  const server = await startInferenceServer(t, graph, options);
  const network = await prepared(t, [server], {}, surroundings(), WINDOW_MODEL);
  const shape = [4, 8, 8] as const;
  const sequence = framesOf(4, 8);
  assert.deepEqual(await network.predict(sequence, shape), await here.predict(sequence, shape));
  most = 16;
  await assert.rejects(prepared(t, [server], {}, surroundings(), WINDOW_MODEL), {
    code: "ENGINE_SERVER_MODEL",
    message: /without batches .* found max_batch_size: 16/,
  });
});

test("a model that takes raw frames counts whole frames, and refuses tiles", async (t) => {
  const raw = await exported(model, "raw");
  const server = await startInferenceServer(t, raw, { input: "frames", name: "defcon-fast" });
  const network = await prepared(t, [server]);
  const found = await network.predict(frames, SHAPE);
  const largest = Math.max(...expected);
  assert.ok(found.every((value, i) => Math.abs(value - expected[i]!) < 1e-5 * largest));
  const tile = frames.map((value) => value / 2);
  await assert.rejects(network.predict(tile, SHAPE), {
    code: "ENGINE_SERVER_MODEL",
    message: /counted in tiles.*--input normalised/,
  });
});

test("a server's model that is another one is refused with what was expected and found", async (t) => {
  const axes = { datatype: "FP32", shape: [-1, 1, -1, -1] };
  const input = { name: "normalised", ...axes };
  const output = { name: "density", ...axes };
  let described: object = {};
  const wrong = await serve(t, { metadata: () => described });
  for (const [metadata, message] of [
    [
      { inputs: [{ ...input, name: "x" }] },
      /expected the one input normalised FP32 \[-1,1,-1,-1\], found x FP32/,
    ],
    [{ inputs: [{ ...input, datatype: "FP16" }] }, /found normalised FP16 \[-1,1,-1,-1\]/],
    [{ inputs: [{ ...input, shape: [-1, 64, 64, 1] }] }, /found normalised FP32 \[-1,64,64,1\]/],
    [{ inputs: [input, { ...input, name: "more" }] }, /found normalised .*, more FP32/],
    [{ inputs: [] }, /found none/],
    [{ outputs: [{ ...output, name: "map" }] }, /an output density FP32 .*, found map/],
  ] as const) {
    described = metadata;
    await assert.rejects(prepared(t, [wrong]), { code: "ENGINE_SERVER_MODEL", message });
  }
  const server = await serve(t, { name: "mine" });
  await assert.rejects(prepared(t, [server]), {
    code: "ENGINE_SERVER_MODEL",
    message: /model defcon-fast of server .*: expected to be there, found status 404.*\/v2\/models\/NAME/,
  });
  await prepared(t, `${server.url}/v2/models/mine`);
});

test("other weights under the same name are found by a trial", async (t) => {
  const name = model.architecture.layers.findLast((row) => "head" in row)!.name;
  const kernel = weightOf(model, `${name}/kernel`);
  const data = kernel.data.map((value) => value * 1.01);
  const tuned = { ...model, weights: new Map(model.weights).set(`${name}/kernel`, { ...kernel, data }) };
  const near = await startInferenceServer(t, await exported(tuned, "normalised"), NORMALISED);
  await assert.rejects(prepared(t, [near]), {
    code: "ENGINE_SERVER_MODEL",
    message: /expected the maps of this machine's model.* differ by 1\.\d* %.*The server has other weights/,
  });
});

test("a server that computes a little differently is used, and this is told once", async (t) => {
  const around = surroundings();
  const name = model.architecture.layers.findLast((row) => "head" in row)!.name;
  const kernel = weightOf(model, `${name}/kernel`);
  const data = kernel.data.map((value) => value * (1 + 1e-6));
  const almost = { ...model, weights: new Map(model.weights).set(`${name}/kernel`, { ...kernel, data }) };
  const server = await startInferenceServer(t, await exported(almost, "normalised"), NORMALISED);
  const network = await prepared(t, [server], {}, around);
  await network.predict(frames, SHAPE);
  assert.equal(around.warnings.length, 1);
  assert.match(around.warnings[0]!, /its maps differ from this machine's by up to/);
});

test("silence, overload and faults of a server are waited out, and the counts stay the same", async (t) => {
  const around = surroundings();
  const troubles = [429, 500, 502, 503, 504, 408];
  const server = await serve(t, {
    onInfer(request, response, before) {
      // The first request is the trial; each failure makes another one.
      const trouble = before % 2 === 1 ? troubles[(before - 1) / 2] : undefined;
      if (trouble) response.writeHead(trouble, { "retry-after": "1" }).end('{"error":"not now"}');
      if (before === 13) request.socket.destroy();
      if (before === 15)
        response.writeHead(200, { "content-length": "100" }).write("{", () => response.destroy());
      return trouble !== undefined || before === 13 || before === 15;
    },
  });
  const network = await prepared(t, [server], {}, around);
  for (let i = 0; i < 4; i++) assert.deepEqual(await network.predict(frames, SHAPE), expected);
  assert.match(around.warnings[0]!, /rests: status 429, not now/);
  assert.ok(around.waits.length >= 7, String(around.waits));
});

test("a server that does not answer in time is given up", async (t) => {
  const slow = await serve(t, { onInfer: () => true });
  const around = surroundings();
  const network = await prepared(t, [slow], { engineTimeout: 0.2, orLocal: true }, around);
  assert.deepEqual(await network.predict(frames, SHAPE), expected);
  assert.match(around.warnings[0]!, /rests: no (answer|connection) within 0.2 s/);
});

test("a server that ends is left out, and used again when it is back", async (t) => {
  const around = surroundings();
  const [first, second] = [await serve(t), await serve(t)];
  const network = await prepared(t, [first, second], {}, around);
  await Promise.all([network.predict(frames, SHAPE), network.predict(frames, SHAPE)]);
  await first.close();
  for (let i = 0; i < 3; i++) assert.deepEqual(await network.predict(frames, SHAPE), expected);
  assert.match(around.warnings[0]!, /rests: /);
  const back = await startInferenceServer(t, normalised, NORMALISED, Number(new URL(first.url).port));
  around.clock.wait(1e6);
  await Promise.all(Array.from({ length: 4 }, () => network.predict(frames, SHAPE)));
  assert.ok(back.batches.length > 1);
});

test("what asking again does not help is an error at once", async (t) => {
  const cases: [(response: Parameters<typeof send>[0]) => void, string, RegExp][] = [
    [
      (r) => r.writeHead(400).end('{"error":"bad \\u001b[31m shape"}'),
      "ENGINE_SERVER",
      /status 400, bad .\[31m shape/,
    ],
    [(r) => r.writeHead(401).end(), "ENGINE_SERVER", /status 401.*`engineToken`/],
    [
      (r) => r.writeHead(307, { location: "http://elsewhere/" }).end(),
      "ENGINE_SERVER",
      /redirection.*elsewhere/,
    ],
    [(r) => r.writeHead(200).end("<html>"), "ENGINE_SERVER", /JSON in UTF-8/],
    [
      (r) => r.socket!.end("HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
      "ENGINE_SERVER",
      /expected an answer in HTTP 1.1, found status 101/,
    ],
    [
      (r) => r.writeHead(200).end(`{"model_name":${"[".repeat(200_000)}${"]".repeat(200_000)}}`),
      "ENGINE_SERVER",
      /the name of the model: .* found a list of 1/,
    ],
    [
      (r) => r.writeHead(200, { "content-length": "99999999" }).end(),
      "ENGINE_SERVER",
      /found one of 99999999/,
    ],
    [
      (r) => r.writeHead(200).end(Buffer.alloc(9_000_000)),
      "ENGINE_SERVER",
      /at most \d+ bytes, found a longer one/,
    ],
    [
      (r) => send(r, {}, new Float32Array(16), [1, 1, 4, 4]),
      "ENGINE_SERVER",
      /expected density FP32 \[3,1,32,32\], found FP32 \[1,1,4,4\]/,
    ],
    [
      (r) => send(r, {}, new Float32Array(3072), [3, 1, 32, 32], { name: "other" }),
      "ENGINE_SERVER",
      /no such output/,
    ],
    [
      (r) => send(r, {}, new Float32Array(3072), [3, 1, 32, 32], { datatype: "INT32" }),
      "ENGINE_SERVER",
      /found INT32/,
    ],
    [
      (r) => send(r, {}, new Float32Array(3072).fill(Number.NaN), [3, 1, 32, 32]),
      "ENGINE_SERVER",
      /NaN in it/,
    ],
    [
      (r) => send(r, { id: "another" }, new Float32Array(3072), [3, 1, 32, 32]),
      "ENGINE_SERVER",
      /found the one to another/,
    ],
    [
      (r) => send(r, {}, new Float32Array(3072), [3, 1, 32, 32], { parameters: { binary_data_size: 8 } }),
      "ENGINE_SERVER",
      /expected 12288 bytes/,
    ],
  ];
  const around = surroundings();
  let hostile: (typeof cases)[number][0] | undefined;
  const server = await serve(t, {
    onInfer(_, response) {
      hostile?.(response);
      return hostile !== undefined;
    },
  });
  const network = await prepared(t, [server], { orLocal: true }, around);
  for (const [answer, code, message] of cases) {
    hostile = answer;
    const counted = network.predict(frames, SHAPE);
    await assert.rejects(counted, { code, message }, `${message} ${around.warnings}`);
    assert.deepEqual(around.waits, []);
  }
});

test("a new version of the model on a server is checked before its maps are taken", async (t) => {
  let version = "1";
  const around = surroundings();
  const server = await serve(t, { version: () => version });
  const network = await prepared(t, [server], {}, around);
  version = "2";
  assert.deepEqual(await network.predict(frames, SHAPE), expected);
  assert.match(around.warnings[0]!, /version 2 of its model, after version 1/);
  assert.deepEqual(server.batches, [3, 3, 3, 3]);
});

test("this machine counts while no server answers, if told to, and not otherwise", async (t) => {
  const server = await serve(t);
  const around = surroundings();
  const network = await prepared(t, [server], { orLocal: true }, around);
  await server.close();
  assert.deepEqual(await network.predict(frames, SHAPE), expected);
  assert.deepEqual(around.waits, []);
  assert.match(around.warnings.at(-1)!, /no server answers: this machine counts until one does/);
  const never = await prepared(t, server.url, { orLocal: true });
  assert.deepEqual(await never.predict(frames, SHAPE), expected);
  const patient = surroundings();
  await assert.rejects(prepared(t, server.url, {}, patient), {
    code: "ENGINE_SERVER",
    message: /expected an answer, found .*ECONNREFUSED.* last of 8 failures.*`orLocal: true`/,
  });
  assert.equal(patient.waits.length, 7);
});

test("a server over TLS is trusted by its certificate's file, and gets the token", {
  skip: withoutOpenssl,
}, async (t) => {
  const folder = temporaryFolder(t);
  const { cert, key } = makeCertificate(folder, "server", "localhost");
  const token = join(folder, "token");
  writeFileSync(token, "secret-1\n");
  const server = await serve(t, {
    tls: { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") },
  });
  const network = await prepared(t, [server], { engineCa: cert, engineToken: token });
  assert.deepEqual(await network.predict(frames, SHAPE), expected);
  assert.ok(server.headers.every(({ authorization }) => authorization === "Bearer secret-1"));
  assert.ok(server.headers.every((each) => /^defcon-fiji\/\d+\.\d+\.\d+/.test(each["user-agent"]!)));
  await assert.rejects(prepared(t, [server], { orLocal: true }), {
    code: "ENGINE_SERVER",
    message: /a certificate that this machine trusts.*`engineCa`/,
  });
  const plain = await serve(t);
  await assert.rejects(prepared(t, plain.url.replace("http", "https"), { orLocal: true }), {
    code: "ENGINE_SERVER",
    message: /begins with http or https/,
  });
});

test("options of servers are refused where none are named, and trainings where they are", async () => {
  await assert.rejects(startChosenEngine({ engine: "onnxruntime", orLocal: true }), {
    code: "INPUT_OPTION",
    message: /^`orLocal`: expected URLs of servers in `engine` with it, found onnxruntime$/,
  });
  const engine = await startChosenEngine({ engine: "http://127.0.0.1:1" });
  assert.deepEqual([engine.name, engine.device], ["remote", "http://127.0.0.1:1"]);
  await assert.rejects(engine.prepareTraining({} as never, {} as never), { code: "ENGINE_UNAVAILABLE" });
});

test("a file without a certificate that can be read is refused before any server is asked", async (t) => {
  const path = join(temporaryFolder(t), "authority.pem");
  const [begin, end] = ["-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"];
  for (const [text, found] of [
    ["", /something else/],
    [begin, /something else/],
    [`${begin}\nAAAA\n${end}\n`, /one that is damaged/],
  ] as const) {
    writeFileSync(path, text);
    await assert.rejects(startRemote("https://localhost:1", { engineCa: path }), {
      code: "INPUT_FORMAT",
      message: found,
    });
  }
});
