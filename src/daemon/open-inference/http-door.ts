import type { IncomingMessage, ServerResponse } from "node:http";
import { cancelled } from "../../base/cancelled.js";
import { InputError, ProtocolError } from "../../base/errors.js";
import { DOOR_LIMITS } from "../../base/limits.js";
import type { NamedModelVersion } from "../../open-inference/grpc-about.js";
import { decodeInferRequest } from "../../open-inference/infer-request.js";
import { encodeInferResponse } from "../../open-inference/infer-response.js";
import { type EncodedMessage, JSON_LENGTH_HEADER } from "../../open-inference/message.js";
import { refusalOf } from "../admission.js";
import type { OpenServer } from "../http-server.js";
import { RequestGate } from "../request-gate.js";
import type { DoorClient } from "./door-client.js";
import type { DoorEntrance } from "./door-entrance.js";
import type { DoorService } from "./door-service.js";
import { statusOf } from "./error-status.js";

/** Headers of every answer: nobody may keep it or take it for a page. */
const HEADERS = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
} as const;

const PATHS = {
  health: /^\/v2\/health\/(live|ready)$/,
  server: /^\/v2\/?$/,
  model: /^\/v2\/models\/([^/]{1,1000})(?:\/versions\/([^/]{1,100}))?(?:\/(ready|infer))?$/,
} as const;

/** A request that is not answered as it should be, by an HTTP status of its own. */
class HttpRefusal extends Error {
  constructor(
    readonly status: number,
    readonly refusal: Error,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(refusal.message);
  }
}

/** What the HTTP part of the door is made of. */
export interface HttpDoorParts {
  service: DoorService;
  entrance: DoorEntrance;
  /** The host and port that it listens on. */
  bound: { host: string; port: number };
}

/** Answers the Open Inference Protocol over HTTP, with tensors as JSON or as binary data. */
export class HttpDoor {
  private readonly gate = new RequestGate();

  constructor(
    { http }: OpenServer,
    private readonly parts: HttpDoorParts,
  ) {
    http.requestTimeout = DOOR_LIMITS.receiveTimeoutMs;
    http.keepAliveTimeout = DOOR_LIMITS.keepAliveMs;
    http.on("request", (request, response) => {
      if (!this.gate.enter(request, response)) return;
      void this.answer(request, response).catch((error: unknown) => refuse(request, response, error));
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { service, bound } = this.parts;
    const refusal = refusalOf(request, bound);
    if (refusal) throw new HttpRefusal(403, new Error(refusal));
    const path = request.url?.split("?")[0] ?? "";
    const health = PATHS.health.exec(path);
    const model = PATHS.model.exec(path);
    const isInfer = model?.[3] === "infer";
    if (!health && !model && !PATHS.server.test(path)) {
      throw new HttpRefusal(404, new Error("There is nothing at this path."));
    }
    checkMethod(request, isInfer ? ["POST"] : ["GET", "HEAD"]);
    if (isInfer) return this.infer(request, response, modelIn(model));
    request.resume();
    if (health?.[1] === "live") return json(response, 200, { live: true });
    if (health) return json(response, service.isReady ? 200 : 503, { ready: service.isReady });
    this.admit(request);
    if (!model) return json(response, 200, service.serverMetadata());
    const named = modelIn(model);
    if (model[3] !== "ready") return json(response, 200, await service.modelMetadata(named));
    const ready = await service.isModelReady(named);
    json(response, ready ? 200 : 404, { name: named.name, ready });
  }

  private admit({ socket, headers }: IncomingMessage): DoorClient {
    return this.parts.entrance.admit(socket, headers);
  }

  private async infer(
    request: IncomingMessage,
    response: ServerResponse,
    model: NamedModelVersion,
  ): Promise<void> {
    const { service } = this.parts;
    const client = this.admit(request);
    const length = bodyLength(request);
    const done = service.begin();
    const gone = new AbortController();
    const closed = new Promise<void>((resolve) => response.once("close", resolve));
    response.once("close", () => gone.abort());
    try {
      const reservation = await service.budget.reserve(length);
      try {
        const body = await readBody(request, length, gone.signal);
        const jsonLength = request.headers[JSON_LENGTH_HEADER]?.toString();
        checkJson(jsonLength === undefined ? length : Number(jsonLength));
        const question = { client, model, request: decodeInferRequest(body, jsonLength), reservation };
        const { response: told, asBytes } = await service.infer({ ...question, signal: gone.signal });
        send(response, encodeInferResponse(told, asBytes));
        await closed;
      } finally {
        reservation.release();
      }
    } finally {
      done();
    }
  }
}

function modelIn([, name = "", version]: readonly (string | undefined)[]): NamedModelVersion {
  try {
    return { name: decodeURIComponent(name), ...(version && { version: decodeURIComponent(version) }) };
  } catch {
    throw new ProtocolError("PROTOCOL_MESSAGE", {
      subject: "the name of a model in the URL",
      expected: "characters as a URL has them",
      found: name,
    });
  }
}

function checkMethod({ method }: IncomingMessage, allowed: readonly string[]): void {
  if (allowed.includes(method ?? "")) return;
  const allow = allowed.join(", ");
  throw new HttpRefusal(405, new Error(`Only ${allow} is answered here.`), { allow });
}

/** The length that a request says its body has, which is known before any of it is taken. */
function bodyLength({ headers }: IncomingMessage): number {
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    throw new HttpRefusal(
      415,
      new ProtocolError("PROTOCOL_MESSAGE", {
        subject: "header Content-Encoding",
        expected: "none: bodies are not compressed",
        found: encoding,
      }),
    );
  }
  if (headers["content-length"] === undefined) {
    throw new HttpRefusal(
      411,
      new ProtocolError("PROTOCOL_MESSAGE", {
        subject: "header Content-Length",
        expected: "the length of the body",
        found: "none",
      }),
    );
  }
  const length = Number(headers["content-length"]);
  if (length <= DOOR_LIMITS.maxBodyBytes) return length;
  throw new HttpRefusal(
    413,
    new InputError("INPUT_SIZE", {
      subject: "the request",
      expected: `at most ${DOOR_LIMITS.maxBodyBytes} bytes`,
      found: `${length}`,
      advice: "Send fewer frames in a request.",
    }),
  );
}

function checkJson(bytes: number): void {
  if (!(bytes > DOOR_LIMITS.maxRequestJsonBytes)) return;
  throw new InputError("INPUT_SIZE", {
    subject: "the JSON of the request",
    expected: `at most ${DOOR_LIMITS.maxRequestJsonBytes} bytes`,
    found: `${bytes}`,
    advice: "Send the frames as binary tensor data (binary_data_size), or fewer of them.",
  });
}

/** Gathers a body of a known length. It is no Buffer: the slices of those are no copies. */
function readBody(
  request: IncomingMessage,
  length: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const body = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
    let done = 0;
    request.on("data", (chunk: Buffer) => {
      done += chunk.copy(body, done);
    });
    request.once("end", () => resolve(body));
    const cancel = () => reject(cancelled({ subject: "a request that broke off" }));
    if (signal.aborted) cancel();
    signal.addEventListener("abort", cancel);
  });
}

/** Sends an answer. A client that takes nothing of it is cut off after a while. */
function send(response: ServerResponse, { headers, parts }: EncodedMessage): void {
  response.setTimeout(DOOR_LIMITS.sendTimeoutMs, () => response.destroy());
  response.writeHead(200, { ...HEADERS, ...headers });
  for (const part of parts) response.write(part);
  response.end();
}

function json(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    ...HEADERS,
    "content-type": "application/json",
    "content-length": body.length,
  });
  response.end(body);
}

function refuse(request: IncomingMessage, response: ServerResponse, thrown: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  // What still comes of the body is dropped, and no other request follows it.
  if (!request.complete) response.setHeader("connection", "close");
  request.resume();
  if (thrown instanceof HttpRefusal) {
    const { status, refusal, headers } = thrown;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    json(response, status, { error: textOf(refusal) });
    return;
  }
  const { code, http, text } = statusOf(thrown);
  if (code === "PROTOCOL_TOKEN") response.setHeader("www-authenticate", "Bearer");
  if (http === 503) response.setHeader("retry-after", "1");
  json(response, http, { error: text });
}

/** Refusals by HTTP's own rules have no code of ours. */
function textOf(refusal: Error): string {
  return refusal.constructor === Error ? refusal.message : statusOf(refusal).text;
}
