import { automaticDevice } from "./automatic-device.js";
import type { Device, Engine, EngineName } from "./engine.js";
import { startOnnxRuntime } from "./onnxruntime.js";
import { startTensorFlow } from "./tensorflow.js";

const START: Record<EngineName, (device?: Device) => Promise<Engine>> = {
  auto: startOnnxRuntimeOn,
  onnxruntime: startOnnxRuntimeOn,
  tensorflow: startTensorFlow,
};

/**
 * Starts the engine of a name, on a device.
 * @param device the engine's own where left out: the CPU, or what TensorFlow's binding finds
 * @throws EngineError ENGINE_UNAVAILABLE; it never starts another engine instead
 */
export function startEngine(engine: EngineName, device?: Device): Promise<Engine> {
  return START[engine](device);
}

async function startOnnxRuntimeOn(device?: Device): Promise<Engine> {
  if (device !== "auto") return startOnnxRuntime(device);
  const { device: chosen, reason } = await automaticDevice();
  const engine = await startOnnxRuntime(chosen);
  return { ...engine, reason: `${engine.reason}; ${reason}` };
}
