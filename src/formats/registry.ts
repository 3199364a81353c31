import { open, stat } from "node:fs/promises";
import { extname } from "node:path";
import { ModelFormatError, notReadable } from "../base/errors.js";
import type { Model } from "../model/weights.js";
import type { ModelFormat } from "./format.js";
import { kerasH5 } from "./keras-h5.js";
import { onnx } from "./onnx.js";

/** All formats, those with a signature first. */
export const FORMATS: readonly ModelFormat[] = [kerasH5, onnx];

/** The format that this program keeps models in. */
export const NATIVE_FORMAT = onnx;

/** File name endings of all formats that can be read. */
export const MODEL_EXTENSIONS: readonly string[] = FORMATS.flatMap(({ extensions }) => extensions);

/**
 * Reads a model file of any known format, told by its first bytes, or by its name where those cannot tell.
 * @throws InputError INPUT_NOT_FOUND, ModelFormatError
 */
export async function readModel(path: string): Promise<Model> {
  const head = await readHead(path);
  const format =
    FORMATS.find((f) => f.recognises(head)) ??
    FORMATS.find(
      (f) => f.recognises(head) === undefined && f.extensions.includes(extname(path).toLowerCase()),
    );
  if (format) return format.read(path);
  throw new ModelFormatError("MODEL_FORMAT", {
    subject: path,
    expected: `a model file (${FORMATS.map((f) => `${f.title} ${f.extensions[0]}`).join(", ")})`,
    found: head.length === 0 ? "an empty file" : `bytes ${Buffer.from(head).toString("hex")} at its start`,
    advice: "Give the path of a model, or the name of an installed one.",
  });
}

async function readHead(path: string): Promise<Uint8Array> {
  try {
    if ((await stat(path)).isDirectory()) {
      throw new ModelFormatError("MODEL_FORMAT", {
        subject: path,
        expected: "a model file",
        found: "a folder",
        advice:
          "TensorFlow SavedModel folders cannot be read; use the .h5 file that the folder was made from, or a model's name.",
      });
    }
    const handle = await open(path, "r");
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(8), 0, 8, 0).finally(() => handle.close());
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    if (cause instanceof ModelFormatError) throw cause;
    throw notReadable(path, "a model file", cause);
  }
}
