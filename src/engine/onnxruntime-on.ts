import { automaticDevice } from "./automatic-device.js";
import type { Device, Engine } from "./engine.js";
import { startOnnxRuntime } from "./onnxruntime.js";

/**
 * Starts ONNX Runtime on a device, or with `auto` on the one that is best here.
 * @param device the CPU where left out
 * @param threads most threads that count on the CPU; one for each core where left out
 * @throws EngineError ENGINE_UNAVAILABLE
 */
export async function startOnnxRuntimeOn(device?: Device, threads?: number): Promise<Engine> {
  if (device !== "auto") return startOnnxRuntime(device, threads);
  const { device: chosen, reason } = await automaticDevice();
  const engine = await startOnnxRuntime(chosen, threads);
  return { ...engine, reason: `${engine.reason}; ${reason}` };
}
