import { datatypeOf, shapeOf } from "./datatypes.js";
import { bytesOfJson, jsonOfTensor } from "./json-values.js";
import { malformed, unexpected } from "./malformed.js";
import { checkNamesDiffer, nameIn, parametersIn, recordsIn } from "./message.js";
import { checkLength, type Tensor } from "./tensor.js";

/** The parameter that says how many bytes of a tensor follow the JSON. */
const BINARY_SIZE = "binary_data_size";

/** Tensors as JSON has them, and the bytes that follow. */
export function encodeTensors(
  tensors: readonly Tensor[],
  asBytes: (name: string) => boolean,
): { list: unknown[]; binary: Uint8Array[] } {
  const binary: Uint8Array[] = [];
  const list = tensors.map((tensor) => {
    const { name, shape, datatype, parameters, data } = tensor;
    const head = { name, shape, datatype };
    if (!asBytes(name)) return { ...head, ...(parameters && { parameters }), data: jsonOfTensor(tensor) };
    binary.push(data);
    return { ...head, parameters: { ...parameters, [BINARY_SIZE]: data.byteLength } };
  });
  return { list, binary };
}

/**
 * The tensors of a message. The binary parts belong to them in their order, without a gap, and
 * nothing is left over.
 * @param what "input", "output"
 * @returns tensors whose bytes are views into the message, or new where they came as JSON
 * @throws ProtocolError PROTOCOL_MESSAGE
 */
export function decodeTensors(value: unknown, binary: Uint8Array, what: "input" | "output"): Tensor[] {
  let used = 0;
  const tensors = recordsIn(value, `the ${what}s`).map((record): Tensor => {
    const name = nameIn(record.name, `the name of an ${what}`);
    const subject = `${what} ${name}`;
    const datatype = datatypeOf(record.datatype, subject);
    const shape = shapeOf(record.shape, subject);
    const { [BINARY_SIZE]: size, ...parameters } = parametersIn(
      record.parameters,
      `the parameters of ${subject}`,
    );
    if (size === undefined) {
      if (record.data === undefined) throw unexpected(subject, `data, or ${BINARY_SIZE}`, undefined);
      return { name, datatype, shape, parameters, data: bytesOfJson(record.data, datatype, shape, subject) };
    }
    if (record.data !== undefined) throw malformed(subject, `either data or ${BINARY_SIZE}`, "both");
    const left = binary.byteLength - used;
    if (!Number.isSafeInteger(size) || (size as number) < 0 || (size as number) > left) {
      throw unexpected(`${BINARY_SIZE} of ${subject}`, `a number of bytes, at most the ${left} left`, size);
    }
    const data = binary.subarray(used, used + (size as number));
    checkLength(data, datatype, shape, subject);
    used += data.byteLength;
    return { name, datatype, shape, parameters, data };
  });
  checkNamesDiffer(tensors, `the ${what}s`);
  if (used !== binary.byteLength) {
    throw unexpected(`the bytes after the JSON`, `${used} for the ${what}s`, binary.byteLength);
  }
  return tensors;
}
