import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import * as runtime from "onnxruntime-node";
import type { Ending } from "./temporary.js";

/** What a test server does instead of its work; nothing where it works. */
type Mischief = (
  request: IncomingMessage,
  response: ServerResponse,
  /** Requests of this kind before this one. */
  before: number,
) => boolean | undefined;

interface TestServerOptions {
  /** The name of the graph's input. */
  input: string;
  name: string;
  version?: () => string;
  /** Replaces parts of the model's description. */
  metadata?: () => object;
  /** max_batch_size of a Triton's /config; without it there is no /config. */
  maxBatch?: () => number | undefined;
  /** Done for each request of inference, instead of it where it returns true. */
  onInfer?: Mischief;
  /** The same for the model's description. */
  onDescribe?: Mischief;
  /** Waited for before each inference. */
  before?: () => Promise<void> | undefined;
  tls?: { key: string; cert: string };
}

export interface TestServer {
  url: string;
  /** Frames of each inference that was computed. */
  readonly batches: number[];
  /** Headers of all requests. */
  readonly headers: IncomingMessage["headers"][];
  close(): Promise<void>;
}

const sessions = new Map<Uint8Array, Promise<runtime.InferenceSession>>();

function sessionOf(graph: Uint8Array): Promise<runtime.InferenceSession> {
  const session = sessions.get(graph) ?? runtime.InferenceSession.create(graph);
  sessions.set(graph, session);
  return session;
}

/**
 * Serves an ONNX graph by the Open Inference Protocol, on this machine and in this process.
 * Messages are taken apart by hand, so that a fault in the program's own code shows.
 */
export async function startInferenceServer(
  context: Ending,
  graph: Uint8Array,
  {
    input,
    name,
    version = () => "1",
    metadata,
    maxBatch,
    onInfer,
    onDescribe,
    before,
    tls,
  }: TestServerOptions,
  port = 0,
): Promise<TestServer> {
  const session = await sessionOf(graph);
  const [batches, headers]: [number[], IncomingMessage["headers"][]] = [[], []];
  const counts = { infer: 0, describe: 0 };
  const axes = { datatype: "FP32", shape: [-1, 1, -1, -1] };
  const described = {
    name,
    versions: [version()],
    platform: "onnxruntime_onnx",
    inputs: [{ name: input, ...axes }],
    outputs: [{ name: "density", ...axes }],
  };
  async function answer(request: IncomingMessage, response: ServerResponse) {
    const body = Buffer.concat(await request.toArray());
    headers.push(request.headers);
    const json = (status: number, value: object) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    };
    const path = `/v2/models/${name}`;
    if (request.url === path) {
      if (!onDescribe?.(request, response, counts.describe++)) json(200, { ...described, ...metadata?.() });
    } else if (request.url === `${path}/config` && maxBatch?.() !== undefined) {
      json(200, { max_batch_size: maxBatch() });
    } else if (request.url === `${path}/infer`) {
      if (onInfer?.(request, response, counts.infer++)) return;
      const length = Number(request.headers["inference-header-content-length"]);
      const { id, inputs } = JSON.parse(body.subarray(0, length).toString());
      const [{ shape, parameters }] = inputs;
      const bytes = body.subarray(length, length + parameters.binary_data_size);
      const values = new Float32Array(new Uint8Array(bytes).buffer);
      const most = maxBatch?.() ?? Number.POSITIVE_INFINITY;
      if (shape[0] > most) return json(400, { error: `batch-size must be <= ${most}` });
      await before?.();
      batches.push(shape[0]);
      const { density } = await session.run({ [input]: new runtime.Tensor("float32", values, shape) });
      send(response, { id, model_name: name, model_version: version() }, density!.data as Float32Array, [
        ...density!.dims,
      ]);
    } else {
      json(404, { error: `no model ${request.url}` });
    }
  }
  const listener = (request: IncomingMessage, response: ServerResponse) =>
    void answer(request, response).catch((error) => response.destroy(error));
  const server = tls ? createSecureServer(tls, listener) : createServer(listener);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  context.after(close);
  const address = server.address() as AddressInfo;
  const url = tls ? `https://localhost:${address.port}` : `http://127.0.0.1:${address.port}`;
  return { url, batches, headers, close };
}

/** Answers with a map whose bytes follow the JSON. */
export function send(
  response: ServerResponse,
  head: object,
  map: Float32Array,
  shape: readonly number[],
  changes: object = {},
): void {
  const output = {
    name: "density",
    datatype: "FP32",
    shape,
    parameters: { binary_data_size: map.byteLength },
    ...changes,
  };
  const json = Buffer.from(JSON.stringify({ model_name: "m", ...head, outputs: [output] }));
  response.writeHead(200, { "inference-header-content-length": String(json.length) });
  response.end(Buffer.concat([json, Buffer.from(map.buffer, map.byteOffset, map.byteLength)]));
}
