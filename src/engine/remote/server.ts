import { EngineError, ProtocolError } from "../../base/errors.js";
import { isRecord } from "../../base/is-record.js";
import { OPEN_INFERENCE_LIMITS, REMOTE_LIMITS } from "../../base/limits.js";
import { optionText } from "../../base/option-text.js";
import { plainText } from "../../base/plain-text.js";
import { DENSITY, FRAMES } from "../../graph/prediction.js";
import type { Architecture } from "../../model/layers.js";
import { encodeInferRequest } from "../../open-inference/infer-request.js";
import { decodeInferResponse } from "../../open-inference/infer-response.js";
import { decodeJson, JSON_LENGTH_HEADER } from "../../open-inference/message.js";
import { readModelMetadata } from "../../open-inference/model-metadata.js";
import { tensorOf, valuesOf } from "../../open-inference/tensor.js";
import type { Access } from "./access.js";
import { Connection, type Exchange, type HttpAnswer } from "./connection.js";
import { inputOf, type ServerInput } from "./expected-model.js";
import { NoAnswer, serverError } from "./no-answer.js";
import type { ServerAddress } from "./server-address.js";

/** (N,H,W) */
export type Shape = readonly [count: number, height: number, width: number];

/** A server's model, as the server describes it. */
export interface ServerModel {
  readonly name: string;
  readonly input: ServerInput;
  /** Most frames of a request; undefined where the server does not tell. */
  readonly maxBatch: number | undefined;
}

/** What a server answered to frames. */
export interface ServerMaps {
  /** (N,H,W) */
  readonly maps: Float32Array;
  /** The version of the model that made them; undefined where the server does not tell. */
  readonly version: string | undefined;
}

/** One server: asks it, and reads what it answers. It knows nothing of other servers or of time. */
export class Server {
  private readonly connection: Connection;
  private requests = 0;

  constructor(
    private readonly address: ServerAddress,
    access: Access,
    timeoutMs: number,
  ) {
    this.connection = new Connection(address.base, access, timeoutMs);
  }

  /** Its URL, for messages. */
  get url(): string {
    return this.address.base;
  }

  /**
   * Asks for the model's description, and checks it.
   * @throws NoAnswer; EngineError ENGINE_SERVER, ENGINE_SERVER_MODEL
   */
  async describe(architecture: Architecture): Promise<ServerModel> {
    const name = this.address.model ?? architecture.name;
    const answer = await this.ask({ method: "GET", path: this.pathOf(name), maxBytes: MAX_JSON });
    if (answer.status === 404 || answer.status === 400) throw this.noSuchModel(name, answer);
    const metadata = await this.read(() => readModelMetadata(decodeJson(this.successful(answer).body)));
    const { version } = this.address;
    if (version !== undefined && metadata.versions && !metadata.versions.includes(version)) {
      const has = metadata.versions.join(", ") || "none";
      throw this.otherModel(name, `version ${version}`, `versions ${has}`, "Name one of these in the URL.");
    }
    const input = inputOf(this.url, metadata, architecture);
    return { name, input, maxBatch: await this.maxBatch(name) };
  }

  /**
   * Has frames counted.
   * @param frames (N,H,W), normalised
   * @throws NoAnswer; EngineError ENGINE_SERVER, also for maps of another size or with values that
   * are not finite; ENGINE_SERVER_MODEL for a part of a frame where the model normalises frames
   */
  async infer({ name, input }: ServerModel, frames: Float32Array, shape: Shape): Promise<ServerMaps> {
    if (input.name === FRAMES) this.checkWholeFrames(name, frames, shape);
    const [count, height, width] = shape;
    const dims = input.hasChannel ? [count, 1, height, width] : [...shape];
    const id = String(++this.requests);
    const { headers, parts } = encodeInferRequest({
      id,
      inputs: [tensorOf(input.name, "FP32", dims, frames)],
      outputs: [{ name: DENSITY, binary: true }],
    });
    const maxBytes = MAX_JSON + frames.byteLength;
    const path = `${this.pathOf(name)}/infer`;
    const answer = this.successful(await this.ask({ method: "POST", path, headers, parts, maxBytes }));
    const length = answer.headers[JSON_LENGTH_HEADER];
    const response = await this.read(() => decodeInferResponse(answer.body, length?.toString()));
    if (response.id !== undefined && response.id !== id) {
      throw this.wrongAnswer(`the answer to request ${id}`, `the one to ${plainText(response.id, 100)}`);
    }
    const output = response.outputs.find((each) => each.name === DENSITY);
    if (output?.datatype !== "FP32" || String(output.shape) !== String(dims)) {
      const found = output ? `${output.datatype} [${output.shape.join(",")}]` : "no such output";
      throw this.wrongAnswer(`${DENSITY} FP32 [${dims.join(",")}]`, found);
    }
    const maps = valuesOf(output, "FP32");
    const bad = maps.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw this.wrongAnswer("a map of finite numbers", `${maps[bad]} in it`);
    return { maps, version: response.modelVersion };
  }

  /** Closes the connections. */
  close(): void {
    this.connection.close();
  }

  /** The error for a model that is not as expected. */
  otherModel(name: string, expected: string, found: string, advice: string): EngineError {
    const subject = `model ${name} of server ${this.url}`;
    return new EngineError("ENGINE_SERVER_MODEL", { subject, expected, found, advice });
  }

  private pathOf(model: string): string {
    const { version } = this.address;
    const ofVersion = version === undefined ? "" : `/versions/${encodeURIComponent(version)}`;
    return `/v2/models/${encodeURIComponent(model)}${ofVersion}`;
  }

  /** Triton tells its largest batch in an extension of the protocol. Others answer something else. */
  private async maxBatch(name: string): Promise<number | undefined> {
    const answer = await this.ask({ method: "GET", path: `${this.pathOf(name)}/config`, maxBytes: MAX_JSON });
    if (answer.status !== 200) return undefined;
    try {
      const { max_batch_size: most } = decodeJson(answer.body);
      return Number.isSafeInteger(most) && (most as number) > 0 ? (most as number) : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * A model that takes raw frames normalises them. That changes nothing in a frame that goes from 0
   * to 1, nor in one of zeros, and is wrong for a tile of a larger frame.
   */
  private checkWholeFrames(name: string, frames: Float32Array, [count]: Shape): void {
    const size = frames.length / count;
    for (let first = 0; first < frames.length; first += size) {
      const frame = frames.subarray(first, first + size);
      let [least, most] = [frame[0]!, frame[0]!];
      for (const value of frame) {
        if (value < least) least = value;
        if (value > most) most = value;
      }
      if (least === 0 && (most === 1 || most === 0)) continue;
      throw this.otherModel(
        name,
        "a model that takes normalised frames, because this frame is counted in tiles",
        "one that takes raw frames and normalises each by itself",
        "Put the model on it with: defcon-fiji export MODEL --format triton --input normalised.",
      );
    }
  }

  private async ask(exchange: Exchange): Promise<HttpAnswer> {
    const answer = await this.connection.ask(exchange);
    const { status, headers } = answer;
    // The server, or one before it, is busy, starting or ending; or a request met a fault of the
    // moment. Others are asked, then this one again.
    if (status >= 500 || status === 429 || status === 408) {
      throw new NoAnswer(`status ${status}${wordsOf(answer)}`, restAsked(headers["retry-after"]));
    }
    if (status === 401 || status === 403) {
      const advice = `Name a file with the token that opens it: ${optionText("engineToken")}.`;
      throw serverError(this.url, "to be let in", `status ${status}${wordsOf(answer)}`, advice);
    }
    const { "content-encoding": encoding = "identity" } = headers;
    if (encoding !== "identity") throw this.wrongAnswer("an answer that is not compressed", encoding);
    if (status >= 300 && status < 400) {
      const { location } = headers;
      const found = `status ${status}${location === undefined ? "" : `, to ${plainText(location, 200)}`}`;
      throw serverError(this.url, "an answer, not a redirection", found, "Name the URL that it leads to.");
    }
    return answer;
  }

  private successful(answer: HttpAnswer): HttpAnswer {
    if (answer.status === 200) return answer;
    throw this.wrongAnswer("status 200", `status ${answer.status}${wordsOf(answer)}`);
  }

  private async read<T>(decode: () => T): Promise<T> {
    try {
      return decode();
    } catch (cause) {
      if (!(cause instanceof ProtocolError)) throw cause;
      throw this.wrongAnswer("an answer of the Open Inference Protocol", cause.finding, cause);
    }
  }

  private noSuchModel(name: string, answer: HttpAnswer): EngineError {
    const { version } = this.address;
    return this.otherModel(
      name,
      version === undefined ? "to be there" : `version ${version} to be there`,
      `status ${answer.status}${wordsOf(answer)}`,
      "If the server has it under another name, use the URL https://HOST/v2/models/NAME.",
    );
  }

  private wrongAnswer(expected: string, found: string, cause?: unknown): EngineError {
    return serverError(this.url, expected, found, undefined, cause);
  }
}

const MAX_JSON = OPEN_INFERENCE_LIMITS.maxJsonBytes;

/** What a server says of an error, in front of a comma; nothing where it says nothing readable. */
function wordsOf({ body }: HttpAnswer): string {
  try {
    const { error } = decodeJson(body);
    const text = isRecord(error) ? JSON.stringify(error) : error;
    return typeof text === "string" && text !== ""
      ? `, ${plainText(text, REMOTE_LIMITS.maxServerWords)}`
      : "";
  } catch {
    return "";
  }
}

/** The rest that Retry-After asks for, ms. A date in it is not heeded: clocks differ. */
function restAsked(header: string | undefined): number {
  const seconds = /^\d{1,6}$/.test(header ?? "") ? Number(header) : 0;
  return Math.min(1000 * seconds, REMOTE_LIMITS.maxAskedRestMs);
}
