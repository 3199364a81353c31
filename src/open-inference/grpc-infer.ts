import "../base/int64.js";
import protobuf from "protobufjs/minimal.js";
import { messageOf, ProtocolError } from "../base/errors.js";
import { OPEN_INFERENCE_LIMITS, WIRE_LIMITS } from "../base/limits.js";
import { type Datatype, datatypeOf, shapeOf } from "./datatypes.js";
import { inference } from "./generated/inference.js";
import { BINARY, BINARY_OUTPUTS, type ReceivedInferRequest } from "./infer-request.js";
import type { InferResponse } from "./infer-response.js";
import { bytesOfJson } from "./json-values.js";
import { malformed, unexpected } from "./malformed.js";
import { checkNamesDiffer, nameIn, optionalName, recordsIn } from "./message.js";
import { checkLength, type Parameters, type Tensor } from "./tensor.js";

/** A request over gRPC, which names the model that HTTP has in the URL. */
export interface GrpcInferRequest extends ReceivedInferRequest {
  readonly modelName: string;
  readonly modelVersion?: string | undefined;
}

/** Fields of inference.proto that hold a tensor's bytes. */
const RAW_INPUT_CONTENTS = 7;
const RAW_OUTPUT_CONTENTS = 6;
/** Protocol buffers' wire type for what begins with its length. */
const LENGTH_DELIMITED = 2;

/**
 * Reads a ModelInferRequest.
 * @returns tensors that are views into the message where they came as raw_input_contents
 * @throws ProtocolError PROTOCOL_MESSAGE
 */
export function decodeGrpcInferRequest(message: Uint8Array): GrpcInferRequest {
  // Not as a Buffer: the slices of those are no copies.
  const bytes = new Uint8Array(message.buffer, message.byteOffset, message.byteLength);
  const { raw, rest } = takeOutRaw(bytes);
  const request = decodeSmall(() => inference.ModelInferRequest.decode(rest));
  const [inputs, outputs] = [request.inputs ?? [], request.outputs ?? []];
  recordsIn(inputs, "the inputs");
  recordsIn(outputs, "the outputs wanted");
  if (inputs.length === 0) throw malformed("the inputs", "one or more", "none");
  if (raw.length > 0 && raw.length !== inputs.length) {
    throw malformed("raw_input_contents", `one for each of ${inputs.length} inputs`, String(raw.length));
  }
  const tensors = inputs.map((input, i) => tensorOf(input, raw[i]));
  checkNamesDiffer(tensors, "the inputs");
  const wanted = outputs.map(({ name, parameters: given }) => {
    // It is about HTTP. Some clients say it here too, where all outputs are bytes.
    const { [BINARY]: _, ...parameters } = parametersOf(given);
    return { name: nameIn(name, "the name of an output"), binary: true, parameters };
  });
  checkNamesDiffer(wanted, "the outputs wanted");
  const { [BINARY_OUTPUTS]: _, ...parameters } = parametersOf(request.parameters);
  return {
    modelName: nameIn(request.modelName, "model_name"),
    modelVersion: optionalName(request.modelVersion, "model_version"),
    id: optionalName(request.id, "the id of the request"),
    parameters,
    inputs: tensors,
    binaryOutputs: true,
    ...(wanted.length > 0 && { outputs: wanted }),
  };
}

/** A ModelInferResponse, its tensors as raw_output_contents. They are copied once. */
export function encodeGrpcInferResponse(response: InferResponse): Buffer {
  const { modelName, modelVersion = "", id = "", parameters, outputs } = response;
  const head = inference.ModelInferResponse.encode({
    ...{ modelName, modelVersion, id, parameters: parametersToWire(parameters) },
    outputs: outputs.map(({ name, datatype, shape }) => ({ name, datatype, shape: [...shape] })),
  }).finish();
  const contents = outputs.flatMap(({ data }) => [fieldHead(RAW_OUTPUT_CONTENTS, data.byteLength), data]);
  return Buffer.concat([head, ...contents]);
}

/**
 * Takes the tensors' bytes out of a request, as views, before anything of it is decoded.
 * A decoded field takes a hundred times its bytes, so that the rest may not be long.
 */
function takeOutRaw(message: Uint8Array): { raw: Uint8Array[]; rest: Uint8Array } {
  const reader = protobuf.Reader.create(message);
  const raw: Uint8Array[] = [];
  const others: Uint8Array[] = [];
  const { maxTensors } = OPEN_INFERENCE_LIMITS;
  let length = 0;
  decodeSmall(() => {
    while (reader.pos < reader.len) {
      const start = reader.pos;
      const tag = reader.uint32();
      if (tag === ((RAW_INPUT_CONTENTS << 3) | LENGTH_DELIMITED)) {
        raw.push(reader.bytes());
        if (raw.length > maxTensors) throw malformed("raw_input_contents", `at most ${maxTensors}`, "more");
        continue;
      }
      reader.skipType(tag & 7);
      others.push(message.subarray(start, reader.pos));
      length += reader.pos - start;
      if (length > WIRE_LIMITS.maxRequestBytes) throw tooLong();
    }
  });
  return { raw, rest: Buffer.concat(others) };
}

function tooLong(): Error {
  return malformed(
    "a request without its raw_input_contents",
    `at most ${WIRE_LIMITS.maxRequestBytes} bytes; larger tensors as raw_input_contents`,
    "more",
  );
}

/** Decodes. @throws ProtocolError PROTOCOL_MESSAGE for whatever cannot be */
function decodeSmall<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    throw malformed("the message", "one of inference.proto", messageOf(error));
  }
}

function tensorOf(
  input: inference.ModelInferRequest.InferInputTensor.$Properties,
  raw: Uint8Array | undefined,
): Tensor {
  const name = nameIn(input.name, "the name of an input");
  const subject = `input ${name}`;
  const datatype = datatypeOf(input.datatype, subject);
  const shape = shapeOf(input.shape, subject);
  const parameters = parametersOf(input.parameters);
  if (raw) {
    if (input.contents) throw malformed(subject, "either contents or raw_input_contents", "both");
    checkLength(raw, datatype, shape, subject);
    return { name, datatype, shape, parameters, data: raw };
  }
  const values = valuesIn(input.contents ?? {}, datatype);
  if (!values) throw malformed(subject, `elements of ${datatype} as raw_input_contents`, "contents");
  return { name, datatype, shape, parameters, data: bytesOfJson(values, datatype, shape, subject) };
}

/** The list of a tensor's contents that has its datatype; undefined where there is none for it. */
function valuesIn(contents: inference.InferTensorContents.$Properties, datatype: Datatype): unknown {
  switch (datatype) {
    case "BOOL":
      return contents.boolContents ?? [];
    case "INT8":
    case "INT16":
    case "INT32":
      return contents.intContents ?? [];
    case "INT64":
      return contents.int64Contents ?? [];
    case "UINT8":
    case "UINT16":
    case "UINT32":
      return contents.uintContents ?? [];
    case "UINT64":
      return contents.uint64Contents ?? [];
    case "FP32":
      return contents.fp32Contents ?? [];
    case "FP64":
      return contents.fp64Contents ?? [];
    default:
      return undefined;
  }
}

function parametersOf(
  map: { [name: string]: inference.InferParameter.$Properties } | null | undefined,
): Parameters {
  const entries = Object.entries(map ?? {}).map(([name, parameter]) => {
    const { boolParam, int64Param, stringParam, doubleParam, uint64Param } = parameter;
    const value = boolParam ?? int64Param ?? stringParam ?? doubleParam ?? uint64Param;
    if (value === undefined || value === null) {
      throw unexpected(`parameter ${name}`, "a text, a number, true or false", undefined);
    }
    return [name, value] as const;
  });
  return Object.fromEntries(entries);
}

function parametersToWire(parameters: Parameters = {}): {
  [name: string]: inference.InferParameter.$Properties;
} {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => {
      if (typeof value === "boolean") return [name, { boolParam: value }];
      return [name, typeof value === "string" ? { stringParam: value } : { doubleParam: value }];
    }),
  );
}

function fieldHead(field: number, length: number): Uint8Array {
  return protobuf.Writer.create()
    .uint32((field << 3) | LENGTH_DELIMITED)
    .uint32(length)
    .finish();
}
