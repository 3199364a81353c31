import {
  decodeMessage,
  type EncodedMessage,
  encodeMessage,
  nameIn,
  optionalName,
  parametersIn,
} from "./message.js";
import type { Parameters, Tensor } from "./tensor.js";
import { decodeTensors, encodeTensors } from "./tensors.js";

/** What a model answers. */
export interface InferResponse {
  readonly modelName: string;
  readonly modelVersion?: string | undefined;
  /** The id of the request, where it had one. */
  readonly id?: string | undefined;
  readonly parameters?: Parameters;
  readonly outputs: readonly Tensor[];
}

/**
 * An answer.
 * @param asBytes whether an output follows the JSON as bytes; else it is a list of numbers in it
 * @throws ProtocolError PROTOCOL_MESSAGE for numbers that JSON cannot hold
 */
export function encodeInferResponse(
  { modelName, modelVersion, id, parameters, outputs }: InferResponse,
  asBytes: (output: string) => boolean,
): EncodedMessage {
  const { list, binary } = encodeTensors(outputs, asBytes);
  return encodeMessage(
    {
      model_name: modelName,
      ...(modelVersion !== undefined && { model_version: modelVersion }),
      ...(id !== undefined && { id }),
      ...(parameters && { parameters }),
      outputs: list,
    },
    binary,
  );
}

/**
 * Reads an answer.
 * @param jsonLength the header JSON_LENGTH_HEADER as it came; undefined where it did not
 * @returns tensors that are views into the body where they came as bytes
 * @throws ProtocolError PROTOCOL_MESSAGE
 */
export function decodeInferResponse(body: Uint8Array, jsonLength: string | undefined): InferResponse {
  const { json, binary } = decodeMessage(body, jsonLength);
  return {
    modelName: nameIn(json.model_name, "the name of the model"),
    modelVersion: optionalName(json.model_version, "the version of the model"),
    id: optionalName(json.id, "the id of the answer"),
    parameters: parametersIn(json.parameters, "the parameters of the answer"),
    outputs: decodeTensors(json.outputs, binary, "output"),
  };
}
