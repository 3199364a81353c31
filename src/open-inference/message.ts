import { isRecord } from "../base/is-record.js";
import { OPEN_INFERENCE_LIMITS } from "../base/limits.js";
import { unexpected } from "./malformed.js";
import type { Parameters } from "./tensor.js";

/**
 * The header that says how many bytes of a body are its JSON; the tensors' bytes follow.
 * Without it all of the body is JSON.
 */
export const JSON_LENGTH_HEADER = "inference-header-content-length";

/** A message as it is sent. */
export interface EncodedMessage {
  /** The headers that it needs: Content-Type, Content-Length, and the length of its JSON. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, in parts to be sent one after the other: tensors are not copied. */
  readonly parts: readonly Uint8Array[];
}

/** The binary parts begin at a multiple of this, so that a reader can view the numbers in place. */
const ALIGNMENT = 8;
const SPACE = 0x20;

/** A message of an object for JSON and the bytes that follow it. */
export function encodeMessage(json: unknown, binary: readonly Uint8Array[]): EncodedMessage {
  const text = new TextEncoder().encode(JSON.stringify(json));
  if (binary.length === 0) {
    return {
      headers: { "content-type": "application/json", "content-length": String(text.length) },
      parts: [text],
    };
  }
  const head = new Uint8Array(Math.ceil(text.length / ALIGNMENT) * ALIGNMENT).fill(SPACE);
  head.set(text);
  const length = binary.reduce((sum, part) => sum + part.byteLength, head.length);
  return {
    headers: {
      "content-type": "application/octet-stream",
      "content-length": String(length),
      [JSON_LENGTH_HEADER]: String(head.length),
    },
    parts: [head, ...binary],
  };
}

/** A body, taken apart. */
export interface DecodedMessage {
  readonly json: Record<string, unknown>;
  /** What follows the JSON; empty where nothing does. */
  readonly binary: Uint8Array;
}

/**
 * Takes a body apart.
 * @param jsonLength the header {@link JSON_LENGTH_HEADER} as it came; undefined where it did not
 * @throws ProtocolError PROTOCOL_MESSAGE
 */
export function decodeMessage(body: Uint8Array, jsonLength: string | undefined): DecodedMessage {
  const length = jsonLength === undefined ? body.byteLength : lengthOf(jsonLength, body.byteLength);
  return { json: decodeJson(body.subarray(0, length)), binary: body.subarray(length) };
}

function lengthOf(header: string, most: number): number {
  const length = /^\d{1,15}$/.test(header) ? Number(header) : Number.NaN;
  if (length >= 1 && length <= most) return length;
  throw unexpected(
    "the header Inference-Header-Content-Length",
    `the bytes of the JSON, 1 to ${most}`,
    header,
  );
}

/**
 * The object that a message's JSON holds.
 * @throws ProtocolError PROTOCOL_MESSAGE
 */
export function decodeJson(bytes: Uint8Array): Record<string, unknown> {
  const { maxJsonBytes } = OPEN_INFERENCE_LIMITS;
  if (bytes.byteLength > maxJsonBytes) {
    throw unexpected("the JSON of a message", `at most ${maxJsonBytes} bytes`, bytes.byteLength);
  }
  const value = parse(bytes);
  if (!isRecord(value)) throw unexpected("the JSON of a message", "an object", value);
  return value;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    const start = new TextDecoder().decode(bytes.subarray(0, 100));
    throw unexpected("the JSON of a message", "JSON in UTF-8", start);
  }
}

/** A name in a message. @throws ProtocolError PROTOCOL_MESSAGE */
export function nameIn(value: unknown, subject: string): string {
  const { maxNameLength } = OPEN_INFERENCE_LIMITS;
  if (typeof value === "string" && value !== "" && value.length <= maxNameLength) return value;
  throw unexpected(subject, `a text of 1 to ${maxNameLength} characters`, value);
}

/** A name that may be left out. Some servers write null or an empty text instead. */
export function optionalName(value: unknown, subject: string): string | undefined {
  return value === undefined || value === null || value === "" ? undefined : nameIn(value, subject);
}

/** The objects in a list of tensors or the like. @throws ProtocolError PROTOCOL_MESSAGE */
export function recordsIn(value: unknown, subject: string): Record<string, unknown>[] {
  const { maxTensors } = OPEN_INFERENCE_LIMITS;
  if (Array.isArray(value) && value.length <= maxTensors && value.every(isRecord)) return value;
  throw unexpected(subject, `a list of at most ${maxTensors} objects`, value);
}

/** The parameters of a message or tensor; none where they are left out or null. */
export function parametersIn(value: unknown, subject: string): Parameters {
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) throw unexpected(subject, "an object of parameters", value);
  for (const [name, parameter] of Object.entries(value)) {
    if (!["string", "number", "boolean"].includes(typeof parameter)) {
      throw unexpected(`${subject}: ${name}`, "a text, a number, true or false", parameter);
    }
  }
  return value as Parameters;
}

/** Each name once. @throws ProtocolError PROTOCOL_MESSAGE */
export function checkNamesDiffer(named: readonly { readonly name: string }[], subject: string): void {
  const names = named.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw unexpected(subject, "each name once", twice);
}
