import { messageOf } from "../../base/errors.js";
import { FILE_LIMITS } from "../../base/limits.js";
import "../../base/int64.js";
import { openFile, readWholeFile } from "../../base/regular-file.js";
import { elementCount, type Weight } from "../../model/weights.js";
import { damagedModel } from "../metadata.js";
import { maskedCrc32c } from "./crc32c.js";
import { tensorflow } from "./generated/tensorflow.js";
import { readSortedTable } from "./sorted-table.js";

/**
 * TensorFlow's checkpoint ("tensor bundle"): an index, and files with the values of all variables.
 */
export interface TensorBundle {
  /**
   * Reads a float32 variable and checks its checksum.
   * @throws ModelFormatError MODEL_FORMAT
   */
  read(name: string): Promise<Weight>;
}

/**
 * Opens a checkpoint.
 * @param stem its path without ".index"
 * @throws ModelFormatError MODEL_FORMAT
 */
export async function openTensorBundle(stem: string): Promise<TensorBundle> {
  const path = `${stem}.index`;
  const bytes = await readWholeFile(path, "the index of a checkpoint", FILE_LIMITS.maxModelBytes).catch(
    (cause) => {
      throw damagedModel(path, "the index of a checkpoint", messageOf(cause), cause);
    },
  );
  const table = attempt(path, "the index of a checkpoint", () => readSortedTable(bytes));
  const { numShards } = readHeader(path, table.get(""));
  table.delete("");
  return {
    async read(name) {
      const value = table.get(name);
      if (!value) throw damagedModel(path, `a variable ${name}`, `only ${[...table.keys()].join(", ")}`);
      const entry = attempt(path, `the entry of ${name}`, () => tensorflow.BundleEntryProto.decode(value));
      return readVariable(stem, name, entry, numShards);
    },
  };
}

function readHeader(path: string, value: Uint8Array | undefined): tensorflow.BundleHeaderProto {
  if (!value) throw damagedModel(path, "a checkpoint's header", "none");
  const header = attempt(path, "a checkpoint's header", () => tensorflow.BundleHeaderProto.decode(value));
  if (header.endianness === tensorflow.BundleHeaderProto.Endianness.LITTLE) return header;
  throw damagedModel(path, "little-endian values", "big-endian ones");
}

async function readVariable(
  stem: string,
  name: string,
  entry: tensorflow.BundleEntryProto,
  shards: number,
): Promise<Weight> {
  const number = (value: number) => String(value).padStart(5, "0");
  const path = `${stem}.data-${number(entry.shardId)}-of-${number(shards)}`;
  const shape = (entry.shape?.dim ?? []).map(({ size }) => Number(size ?? 0));
  if (entry.dtype !== tensorflow.DataType.DT_FLOAT || entry.size !== 4 * elementCount(shape)) {
    throw damagedModel(
      path,
      `${4 * elementCount(shape)} bytes of float32 values of ${name} (${shape})`,
      `${entry.size} bytes of TensorFlow's data type ${entry.dtype}`,
    );
  }
  const bytes = await readPart(path, entry.offset, entry.size);
  if (bytes.length !== entry.size)
    throw damagedModel(path, `${entry.size} bytes of ${name} from ${entry.offset} on`, `${bytes.length}`);
  if (maskedCrc32c(bytes) !== entry.crc32c)
    throw damagedModel(
      path,
      `values of ${name} with the checksum ${entry.crc32c}`,
      String(maskedCrc32c(bytes)),
    );
  return { shape, data: new Float32Array(bytes.buffer) };
}

/** Reads bytes of a file; fewer where the file ends before. */
async function readPart(path: string, offset: number, size: number): Promise<Uint8Array> {
  try {
    const handle = await openFile(path, "the values of a checkpoint");
    try {
      const { size: length } = await handle.stat();
      const most = Math.min(size, length - offset, FILE_LIMITS.maxModelBytes);
      const there = new Uint8Array(Math.max(0, most));
      const { bytesRead } = await handle.read(there, 0, there.length, offset);
      return there.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw damagedModel(path, "the values of a checkpoint", messageOf(cause), cause);
  }
}

function attempt<T>(path: string, expected: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw damagedModel(path, expected, messageOf(cause), cause);
  }
}
