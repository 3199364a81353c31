import "../base/int64.js";
import type protobuf from "protobufjs/minimal.js";
import { messageOf } from "../base/errors.js";
import { WIRE_LIMITS } from "../base/limits.js";
import { inference } from "./generated/inference.js";
import { malformed } from "./malformed.js";
import { nameIn, optionalName } from "./message.js";
import type { ModelMetadata } from "./model-metadata.js";
import type { ServerMetadata } from "./server-metadata.js";

/** A model as a question over gRPC names it. */
export interface NamedModelVersion {
  readonly name: string;
  readonly version?: string | undefined;
}

/**
 * The model in a ModelReadyRequest or a ModelMetadataRequest, which are alike.
 * @throws ProtocolError PROTOCOL_MESSAGE
 */
export function decodeModelQuestion(message: Uint8Array): NamedModelVersion {
  if (message.byteLength > WIRE_LIMITS.maxRequestBytes) {
    const expected = `at most ${WIRE_LIMITS.maxRequestBytes} bytes`;
    throw malformed("a question about a model", expected, String(message.byteLength));
  }
  const { name, version } = decoded(message);
  return { name: nameIn(name, "the name of the model"), version: optionalName(version, "its version") };
}

function decoded(message: Uint8Array): inference.ModelReadyRequest.$Properties {
  try {
    return inference.ModelReadyRequest.decode(message);
  } catch (error) {
    throw malformed("the message", "one of inference.proto", messageOf(error));
  }
}

/** The answer to ServerLive. */
export function encodeServerLive(live: boolean): Buffer {
  return bytes(inference.ServerLiveResponse.encode({ live }));
}

/** The answer to ServerReady. */
export function encodeServerReady(ready: boolean): Buffer {
  return bytes(inference.ServerReadyResponse.encode({ ready }));
}

/** The answer to ModelReady. */
export function encodeModelReady(ready: boolean): Buffer {
  return bytes(inference.ModelReadyResponse.encode({ ready }));
}

/** The answer to ServerMetadata. */
export function encodeServerMetadata({ name, version, extensions }: ServerMetadata): Buffer {
  return bytes(inference.ServerMetadataResponse.encode({ name, version, extensions: [...extensions] }));
}

/** The answer to ModelMetadata. */
export function encodeModelMetadata(metadata: ModelMetadata): Buffer {
  const { name, versions = [], platform, inputs, outputs } = metadata;
  const tensors = (list: ModelMetadata["inputs"]) =>
    list.map((tensor) => ({ ...tensor, shape: [...tensor.shape] }));
  return bytes(
    inference.ModelMetadataResponse.encode({
      ...{ name, versions: [...versions], platform },
      ...{ inputs: tensors(inputs), outputs: tensors(outputs) },
    }),
  );
}

function bytes(writer: protobuf.Writer): Buffer {
  const { buffer, byteOffset, byteLength } = writer.finish();
  return Buffer.from(buffer, byteOffset, byteLength);
}
