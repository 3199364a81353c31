import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { startDaemon } from "../src/daemon/daemon.js";
import type { DaemonEvent } from "../src/daemon/daemon-event.js";
import { doorAddress } from "../src/daemon/open-inference/door-address.js";
import { inference } from "../src/open-inference/generated/inference.js";
import { encodeInferRequest } from "../src/open-inference/infer-request.js";
import { tensorOf } from "../src/open-inference/tensor.js";
import { DaemonClient } from "../src/protocol/client.js";
import { readDiscovery } from "../src/protocol/discovery.js";
import { spotsFrame } from "./frames.js";
import { median } from "./statistics.js";

/** Times of counting the same frames over the wire and through the second door, ms. */
export interface DoorTimes {
  side: number;
  density: boolean;
  wire: number;
  http: number;
  grpc: number;
}

/** Frames of a side, how many are counted, and how many are in a request. */
const LOADS = [
  { side: 64, frames: 256, inRequest: 32 },
  { side: 512, frames: 16, inRequest: 4 },
] as const;
const TURNS = 3;
/** Requests under way, so that the engine never waits for one. */
const AT_A_TIME = 2;

/** Counts frames in turns over the wire, by HTTP and by gRPC, with a daemon in this process. */
export async function doorTimes(model: string): Promise<DoorTimes[]> {
  const home = mkdtempSync(join(tmpdir(), "defcon-bench-"));
  process.env.DEFCON_FIJI_HOME = home;
  const events: DaemonEvent[] = [];
  const openInference = { addresses: ["http=127.0.0.1:0", "grpc=127.0.0.1:0"].map(doorAddress) };
  const onEvent = (event: DaemonEvent) => events.push(event);
  const daemon = await startDaemon({ host: "127.0.0.1", port: 0, models: [model], openInference, onEvent });
  const name = events.find((event) => event.event === "ready")!.models[0]!;
  const opened = events.find((event) => event.event === "open-inference")!.addresses.map(doorAddress);
  const { token } = (await readDiscovery())!;
  const grpc = new Client(`127.0.0.1:${opened[1]!.port}`, credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
  });
  const http = `http://127.0.0.1:${opened[0]!.port}/v2/models/${name}/infer`;
  const times: DoorTimes[] = [];
  try {
    for (const { side, frames, inRequest } of LOADS) {
      const frame = spotsFrame(side);
      const pixels = new Uint16Array(inRequest * frame.length);
      for (let i = 0; i < inRequest; i++) pixels.set(frame, i * frame.length);
      const shape = [inRequest, side, side];
      for (const density of [false, true]) {
        const outputs = ["count", ...(density ? ["density"] : [])];
        const requests = (ask: () => Promise<void>) => timedRequests(frames / inRequest, ask);
        const ways = {
          wire: () => overWire(frame, side, frames, density),
          http: () => requests(() => askHttp(http, token, pixels, shape, outputs)),
          grpc: () => requests(() => askGrpc(grpc, token, name, pixels, shape, outputs)),
        };
        const measured = { wire: [] as number[], http: [] as number[], grpc: [] as number[] };
        await ways.wire();
        for (let turn = 0; turn < TURNS; turn++) {
          for (const way of ["wire", "http", "grpc"] as const) measured[way].push(await ways[way]());
        }
        const { wire, http: byHttp, grpc: byGrpc } = measured;
        times.push({ side, density, wire: median(wire), http: median(byHttp), grpc: median(byGrpc) });
      }
    }
  } finally {
    grpc.close();
    await daemon.stop("the benchmark is over");
    rmSync(home, { recursive: true, force: true });
  }
  return times;
}

async function timedRequests(requests: number, ask: () => Promise<void>): Promise<number> {
  const start = performance.now();
  let left = requests;
  const worker = async () => {
    while (left-- > 0) await ask();
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return performance.now() - start;
}

async function overWire(frame: Uint16Array, side: number, frames: number, density: boolean): Promise<number> {
  const client = await DaemonClient.connect();
  const size = { width: side, height: side, pixelType: "uint16" } as const;
  const stream = await client.openStream({ ...size, density, maxLocalCount: false, unrelated: true });
  const start = performance.now();
  const sent = (async () => {
    for (let i = 0; i < frames; i++) await stream.send(frame);
    await stream.close();
  })();
  for await (const { kind } of stream.results())
    if (kind !== "result") throw new Error(`a frame was ${kind}`);
  await sent;
  const time = performance.now() - start;
  await client.close();
  return time;
}

async function askHttp(
  url: string,
  token: string,
  pixels: Uint16Array<ArrayBuffer>,
  shape: readonly number[],
  outputs: readonly string[],
): Promise<void> {
  const { headers, parts } = encodeInferRequest({
    inputs: [tensorOf("frames", "UINT16", shape, pixels)],
    outputs: outputs.map((name) => ({ name, binary: true })),
  });
  const response = await fetch(url, {
    method: "POST",
    headers: { ...headers, authorization: `Bearer ${token}` },
    body: Buffer.concat(parts),
  });
  if (!response.ok) throw new Error(await response.text());
  await response.arrayBuffer();
}

function askGrpc(
  client: Client,
  token: string,
  modelName: string,
  pixels: Uint16Array,
  shape: readonly number[],
  outputs: readonly string[],
): Promise<void> {
  const request = inference.ModelInferRequest.encode({
    ...{ modelName, outputs: outputs.map((name) => ({ name })) },
    inputs: [{ name: "frames", datatype: "UINT16", shape: [...shape] }],
    rawInputContents: [new Uint8Array(pixels.buffer)],
  }).finish();
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${token}`);
  const same = (bytes: Buffer) => bytes;
  const path = "/inference.GRPCInferenceService/ModelInfer";
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, same, same, Buffer.from(request), metadata, {}, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}
