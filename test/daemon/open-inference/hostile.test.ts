import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { DOOR_LIMITS, WIRE_LIMITS } from "../../../src/base/limits.js";
import { ended, silent } from "../../support/attacks.js";
import { grpcClient, runDoor } from "../../support/door.js";

const door = await runDoor({ after });
const bearer = { authorization: `Bearer ${door.token}` };
const INFER = "/v2/models/random_defcon/infer";
const OWN = `127.0.0.1:${door.http.port}`;
const silently = (t: Parameters<typeof silent>[0], port: number, text?: string) =>
  silent(t, { url: `ws://127.0.0.1:${port}` }, text);

/** The head of a request that says how long its body is. */
function head(length: number | string, headers: Record<string, string> = bearer): string {
  const lines = Object.entries({ host: OWN, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${INFER} HTTP/1.1\r\nContent-Length: ${length}\r\n${lines.join("")}\r\n`;
}

/** A client with the token, whose frame is counted by HTTP and by gRPC. */
async function newcomer(): Promise<void> {
  const frames = { name: "frames", datatype: "UINT8", shape: [1, 4, 8] };
  const body = JSON.stringify({ inputs: [{ ...frames, data: Array(32).fill(1) }] });
  const response = await door.ask(INFER, { method: "POST", body });
  assert.equal(response.status, 200);
  const request = { modelName: "random_defcon", inputs: [frames], rawInputContents: [new Uint8Array(32)] };
  const ending = { after: (_: () => void) => undefined };
  const ends: (() => void)[] = [];
  ending.after = (end) => void ends.push(end);
  const answer = await grpcClient(ending, door).ask("ModelInfer", request, bearer);
  assert.equal(answer.outputs[0]!.name, "count");
  for (const end of ends) end();
}

async function answerTo(socket: Socket): Promise<string> {
  socket.resume();
  const [data] = (await once(socket, "data")) as [Buffer];
  return data.toString("latin1");
}

test("a body that is too long is refused by its length alone; one without a length, or compressed, by its headers", async (t) => {
  for (const [text, status, words] of [
    [head(DOOR_LIMITS.maxBodyBytes + 1), 413, /INPUT_SIZE: the request/],
    [head("1e3"), 400, /^/],
    [
      `POST ${INFER} HTTP/1.1\r\nHost: ${OWN}\r\nTransfer-Encoding: chunked\r\n${"Authorization"}: ${bearer.authorization}\r\n\r\n`,
      411,
      /Content-Length/,
    ],
    [head(10, { ...bearer, "Content-Encoding": "gzip" }), 415, /Content-Encoding.*gzip/],
    // Nothing is told of the body to somebody without the token.
    [head(DOOR_LIMITS.maxBodyBytes + 1, {}), 401, /PROTOCOL_TOKEN/],
  ] as const) {
    const socket = await silently(t, door.http.port, text);
    const answer = await answerTo(socket);
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
    assert.match(answer, words);
    assert.match(answer, /\r\nConnection: close\r\n/i);
    await ended(socket);
  }
});

test("JSON that is too long, too deep or no JSON is refused", async () => {
  const long = JSON.stringify({ inputs: [], pad: "x".repeat(DOOR_LIMITS.maxRequestJsonBytes) });
  const deep = `{"inputs":${"[".repeat(500_000)}`;
  for (const [body, words] of [
    [long, /^INPUT_SIZE: the JSON/],
    [deep, /^PROTOCOL_MESSAGE/],
    [gzipSync("{}"), /^PROTOCOL_MESSAGE/],
    ["", /^PROTOCOL_MESSAGE/],
  ] as const) {
    const response = await door.ask(INFER, { method: "POST", body: body as string });
    assert.equal(response.status, 400);
    assert.match(((await response.json()) as { error: string }).error, words);
  }
});

test("a header that lies about the length of the JSON is refused", async () => {
  for (const length of ["-1", "0", "1000000", "4.5", "x"]) {
    const headers = { ...bearer, "inference-header-content-length": length };
    const response = await door.ask(INFER, { method: "POST", body: '{"inputs":[]}', headers });
    assert.equal(response.status, 400, length);
  }
});

test("maps that are too many for JSON, or for an answer, are refused before they are counted", async () => {
  const side = 512;
  const input = { name: "frames", datatype: "UINT8", shape: [1, side, side] };
  const ask = async (frames: number, binary: boolean) => {
    const json = JSON.stringify({
      inputs: [
        { ...input, shape: [frames, side, side], parameters: { binary_data_size: frames * side * side } },
      ],
      outputs: [{ name: "density", parameters: { binary_data: binary } }],
    });
    const headers = { ...bearer, "inference-header-content-length": String(json.length) };
    const body = Buffer.concat([Buffer.from(json), Buffer.alloc(frames * side * side)]);
    const response = await door.ask(INFER, { method: "POST", body, headers });
    assert.equal(response.status, 400);
    return ((await response.json()) as { error: string }).error;
  };
  assert.match(await ask(1, false), /INPUT_SIZE: the answer.*65536 numbers.*binary_data/);
  assert.match(await ask(65, true), /INPUT_SIZE: the answer.*fewer frames/);
});

test("any number of connections without the token, of both kinds, keep no client out", async (t) => {
  for (const port of [door.http.port, door.grpc.port]) {
    const strangers: Socket[] = [];
    const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    for (let i = 0; i < 3 * WIRE_LIMITS.maxStrangers; i++) {
      strangers.push(await silently(t, port, ["", preface, head(10, {}), "GET / HTTP/1.1\r\n"][i % 4]));
    }
    await newcomer();
    // The oldest were ended to make room.
    await Promise.all(strangers.slice(0, WIRE_LIMITS.maxStrangers).map(ended));
  }
});

test("thousands of requests in one go, whose answers nobody reads, end their connection; others are served", async (t) => {
  const get = `GET /v2/health/live HTTP/1.1\r\nHost: ${OWN}\r\n\r\n`;
  const sockets: Socket[] = [];
  for (let i = 0; i < 8; i++) sockets.push(await silently(t, door.http.port, get.repeat(20_000)));
  await newcomer();
  await Promise.all(sockets.map(ended));
});

test("clients that announce long bodies and vanish give back what they held", async (t) => {
  const fitting = Math.floor(DOOR_LIMITS.maxBytesUnderWay / 2 / DOOR_LIMITS.maxBodyBytes);
  const sockets: Socket[] = [];
  for (let i = 0; i < fitting + 4; i++) {
    sockets.push(await silently(t, door.http.port, `${head(DOOR_LIMITS.maxBodyBytes)}{"inputs":`));
  }
  // There is no room now: it waits until there is.
  const served = newcomer();
  for (const socket of sockets) socket.destroy();
  await served;
});

test("a client that reads nothing of its maps delays nobody", async (t) => {
  const [frames, side] = [8, 256];
  const json = JSON.stringify({
    inputs: [
      {
        ...{ name: "frames", datatype: "UINT8", shape: [frames, side, side] },
        parameters: { binary_data_size: frames * side * side },
      },
    ],
    outputs: [{ name: "density", parameters: { binary_data: true } }],
  });
  const length = json.length + frames * side * side;
  const headers = { ...bearer, "inference-header-content-length": String(json.length) };
  const sockets: Socket[] = [];
  for (let i = 0; i < 4; i++) {
    const socket = connect(door.http.port, "127.0.0.1");
    t.after(() => void socket.destroy());
    socket.on("error", () => undefined);
    socket.pause();
    socket.write(head(length, headers) + json);
    socket.write(Buffer.alloc(frames * side * side));
    sockets.push(socket);
  }
  await newcomer();
  // Whoever reads late still gets its maps.
  const answer = await answerTo(sockets[0]!);
  assert.match(answer, /^HTTP\/1\.1 200 /);
});

test("gRPC: a message that is too long is refused, and without the token nothing of it is read", async (t) => {
  const client = grpcClient(t, door);
  const long = Buffer.alloc(DOOR_LIMITS.maxBodyBytes + 1, Buffer.of(0x3a, 0));
  const code = (headers: Record<string, string>) =>
    client.send("ModelInfer", long, headers).then(
      () => 0,
      (error: { code: number }) => error.code,
    );
  // RESOURCE_EXHAUSTED, and UNAUTHENTICATED.
  assert.equal(await code(bearer), 8);
  assert.equal(await code({}), 16);
  await newcomer();
});
