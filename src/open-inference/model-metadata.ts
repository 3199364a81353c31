import { OPEN_INFERENCE_LIMITS } from "../base/limits.js";
import { unexpected } from "./malformed.js";
import { checkNamesDiffer, nameIn, recordsIn } from "./message.js";

/** What a server says of an input or an output; its fields are those of the protocol. */
export interface TensorMetadata {
  readonly name: string;
  /** Any text: servers have types that this program lacks. */
  readonly datatype: string;
  /** -1 for an axis of any length. */
  readonly shape: readonly number[];
}

/** What a server says of a model; its fields are those of the protocol. */
export interface ModelMetadata {
  readonly name: string;
  readonly versions?: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
}

/**
 * Reads what a server says of a model.
 * @throws ProtocolError PROTOCOL_MESSAGE
 */
export function readModelMetadata(json: Record<string, unknown>): ModelMetadata {
  const { versions } = json;
  return {
    name: nameIn(json.name, "the name of the model"),
    ...(versions !== undefined && versions !== null && { versions: versionsIn(versions) }),
    platform: typeof json.platform === "string" ? json.platform : "",
    inputs: tensorsIn(json.inputs, "input"),
    outputs: tensorsIn(json.outputs, "output"),
  };
}

function versionsIn(value: unknown): string[] {
  if (!Array.isArray(value)) throw unexpected("the versions of the model", "a list", value);
  return value.map((version) => nameIn(version, "a version of the model"));
}

function tensorsIn(value: unknown, what: "input" | "output"): TensorMetadata[] {
  const tensors = recordsIn(value, `the ${what}s of the model`).map(({ name, datatype, shape }) => {
    const known = nameIn(name, `the name of an ${what}`);
    return {
      name: known,
      datatype: nameIn(datatype, `the datatype of ${what} ${known}`),
      shape: axesIn(shape, `the shape of ${what} ${known}`),
    };
  });
  checkNamesDiffer(tensors, `the ${what}s of the model`);
  return tensors;
}

function axesIn(value: unknown, subject: string): number[] {
  const { maxAxes } = OPEN_INFERENCE_LIMITS;
  const isAxis = (axis: unknown) => Number.isSafeInteger(axis) && (axis as number) >= -1;
  if (Array.isArray(value) && value.length <= maxAxes && value.every(isAxis)) return value;
  throw unexpected(subject, `a list of at most ${maxAxes} lengths, -1 for any`, value);
}
