import type { Device, Engine, EngineName } from "./engine.js";
import { startOnnxRuntime } from "./onnxruntime.js";
import { startTensorFlow } from "./tensorflow.js";

const START: Record<EngineName, (device: Device, threads?: number) => Promise<Engine>> = {
  auto: startOnnxRuntime,
  onnxruntime: startOnnxRuntime,
  tensorflow: startTensorFlow,
};

/**
 * Starts the engine of a name, on a device.
 * @param threads most threads that count on the CPU; the engine's own number where left out
 * @throws EngineError ENGINE_UNAVAILABLE; it never starts another engine instead
 */
export function startEngine(engine: EngineName, device: Device = "auto", threads?: number): Promise<Engine> {
  return START[engine](device, threads);
}
