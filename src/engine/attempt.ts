import { EngineError, messageOf } from "../base/errors.js";

/**
 * Runs work of an engine's library.
 * @throws EngineError ENGINE_FAILED in place of whatever it throws
 */
export async function attempt<T>(library: "ONNX Runtime" | "TensorFlow", work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new EngineError("ENGINE_FAILED", {
      subject: library,
      found: messageOf(cause),
      advice: "If memory ran out, close other programs or use smaller frames or batches.",
      cause,
    });
  }
}
