import { malformed, unexpected } from "./malformed.js";
import {
  checkNamesDiffer,
  decodeMessage,
  type EncodedMessage,
  encodeMessage,
  nameIn,
  optionalName,
  parametersIn,
  recordsIn,
} from "./message.js";
import type { Parameters, Tensor } from "./tensor.js";
import { decodeTensors, encodeTensors } from "./tensors.js";

/** An output that a request names. */
export interface WantedOutput {
  readonly name: string;
  /** Whether it is wanted as bytes after the JSON. */
  readonly binary: boolean;
  /** Other parameters, which this protocol leaves to servers. */
  readonly parameters?: Parameters;
}

/** What is asked of a model. The model and its version are in the URL. */
export interface InferRequest {
  readonly id?: string | undefined;
  readonly parameters?: Parameters;
  readonly inputs: readonly Tensor[];
  /** Absent where all outputs are wanted; never empty in what was read. */
  readonly outputs?: readonly WantedOutput[];
}

/** A request as a server reads it. */
export interface ReceivedInferRequest extends InferRequest {
  readonly parameters: Parameters;
  /** Whether outputs that are not named are wanted as bytes (`binary_data_output`). */
  readonly binaryOutputs: boolean;
}

/** The parameter that wants an output as bytes, and the one that wants all of them so. */
export const BINARY = "binary_data";
export const BINARY_OUTPUTS = "binary_data_output";

/** A request whose tensors follow its JSON as bytes. */
export function encodeInferRequest({ id, parameters, inputs, outputs }: InferRequest): EncodedMessage {
  const { list, binary } = encodeTensors(inputs, () => true);
  const wanted = outputs?.map((output) => ({
    name: output.name,
    parameters: { ...output.parameters, [BINARY]: output.binary },
  }));
  return encodeMessage(
    {
      ...(id !== undefined && { id }),
      ...(parameters && { parameters }),
      inputs: list,
      ...(wanted && { outputs: wanted }),
    },
    binary,
  );
}

/**
 * Reads a request.
 * @param jsonLength the header JSON_LENGTH_HEADER as it came; undefined where it did not
 * @returns tensors that are views into the body where they came as bytes
 * @throws ProtocolError PROTOCOL_MESSAGE
 */
export function decodeInferRequest(body: Uint8Array, jsonLength: string | undefined): ReceivedInferRequest {
  const { json, binary } = decodeMessage(body, jsonLength);
  const { [BINARY_OUTPUTS]: binaryOutputs = false, ...parameters } = parametersIn(
    json.parameters,
    "the parameters of the request",
  );
  const all = trueOrFalse(binaryOutputs, BINARY_OUTPUTS);
  const inputs = decodeTensors(json.inputs, binary, "input");
  if (inputs.length === 0) throw malformed("the inputs", "one or more", "none");
  const outputs = wantedIn(json.outputs ?? [], all);
  const id = optionalName(json.id, "the id of the request");
  return { id, parameters, inputs, binaryOutputs: all, ...(outputs.length > 0 && { outputs }) };
}

function wantedIn(value: unknown, all: boolean): WantedOutput[] {
  const outputs = recordsIn(value, "the outputs wanted").map((record) => {
    const name = nameIn(record.name, "the name of an output");
    const { [BINARY]: binary = all, ...parameters } = parametersIn(
      record.parameters,
      `the parameters of output ${name}`,
    );
    return { name, binary: trueOrFalse(binary, `${BINARY} of output ${name}`), parameters };
  });
  checkNamesDiffer(outputs, "the outputs wanted");
  return outputs;
}

function trueOrFalse(value: unknown, subject: string): boolean {
  if (typeof value === "boolean") return value;
  throw unexpected(subject, "true or false", value);
}
