import type { Device, Engine, EngineName } from "./engine.js";
import { startOnnxRuntime } from "./onnxruntime.js";
import { startTensorFlow } from "./tensorflow.js";

const START: Record<EngineName, (device: Device) => Promise<Engine>> = {
  auto: startOnnxRuntime,
  onnxruntime: startOnnxRuntime,
  tensorflow: startTensorFlow,
};

/**
 * Starts the engine of a name, on a device.
 * @throws EngineError ENGINE_UNAVAILABLE; never is it another one in place of what was asked for
 */
export function startEngine(engine: EngineName, device: Device = "auto"): Promise<Engine> {
  return START[engine](device);
}
