import { createRequire } from "node:module";
import { join } from "node:path";
import { EngineError, messageOf } from "../base/errors.js";
import { HOW_TO_INSTALL } from "../base/how-to-install.js";
import { addedCuda, CUDA_LIBRARY, loadingTrouble, NATIVE_FOLDER, runtimeWithCuda } from "./added-cuda.js";

/** The library, loaded. */
export type Runtime = typeof import("onnxruntime-node");

/**
 * Loads ONNX Runtime: the copy with the part for CUDA where the user has added one, for every
 * device. A process can hold one of both only: the system takes the second for the first.
 * @throws EngineError ENGINE_UNAVAILABLE when its native library does not load
 */
export async function loadRuntime(): Promise<Runtime> {
  // ONNX Runtime 1.30 leaves an identifier on disk and reports use to its makers unless told not to
  // before it loads. Both spellings are in use. In a worker, this reaches the native side only if
  // the worker shares its parent's environment.
  process.env.ORT_DISABLE_TELEMETRY = "1";
  process.env.ORT_TELEMETRY_DISABLED = "1";
  try {
    const added = addedCuda().state === "whole" ? runtimeWithCuda() : undefined;
    if (added === undefined) return await import("onnxruntime-node");
    return createRequire(join(added, "package.json"))(added) as Runtime;
  } catch (cause) {
    throw new EngineError("ENGINE_UNAVAILABLE", {
      subject: `onnxruntime-node on ${process.platform} ${process.arch}`,
      expected: "its native library",
      found: messageOf(cause),
      advice: `Supported are Linux and Windows on x64 and arm64, and macOS on arm64. Install again: ${HOW_TO_INSTALL}`,
      cause,
    });
  }
}

/**
 * Why the part for CUDA does not load, in the system's own words: which library is not there.
 * ONNX Runtime says only that it failed, and the rest on standard error.
 * @returns undefined where it loads, or is not there
 */
export function cudaLoadingTrouble(): string | undefined {
  const folder = runtimeWithCuda();
  return folder && loadingTrouble(join(folder, NATIVE_FOLDER, CUDA_LIBRARY));
}
