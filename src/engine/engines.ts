import { InputError } from "../base/errors.js";
import { optionText } from "../base/option-text.js";
import type { Device, Engine, EngineChoice, EngineName } from "./engine.js";
import { startOnnxRuntimeOn } from "./onnxruntime-on.js";
import { startRemote } from "./remote/remote.js";
import { isServerUrls } from "./remote/server-address.js";
import { startTensorFlow } from "./tensorflow.js";

const START: Record<EngineName, (device?: Device, threads?: number) => Promise<Engine>> = {
  auto: startOnnxRuntimeOn,
  onnxruntime: startOnnxRuntimeOn,
  tensorflow: startTensorFlow,
};

/**
 * Starts the engine of a name, on a device.
 * @param device the engine's own where left out: the CPU, or what TensorFlow's binding finds
 * @param threads most threads that count on the CPU; the engine's own number where left out
 * @throws EngineError ENGINE_UNAVAILABLE; it never starts another engine instead
 */
export function startEngine(engine: EngineName, device?: Device, threads?: number): Promise<Engine> {
  return START[engine](device, threads);
}

/**
 * Starts the engine that was chosen, of this machine or on servers.
 * @throws EngineError ENGINE_UNAVAILABLE; InputError INPUT_OPTION, also for options of servers
 * where none are named, INPUT_NOT_FOUND, INPUT_FORMAT
 */
export async function startChosenEngine(choice: EngineChoice): Promise<Engine> {
  const { engine, device, threads, ...ofServers } = choice;
  if (engine !== undefined && isServerUrls(engine)) return startRemote(engine, choice);
  const [name] = Object.entries(ofServers).find(([, value]) => value !== undefined && value !== false) ?? [];
  if (name === undefined) return startEngine(engine ?? "auto", device, threads);
  throw new InputError("INPUT_OPTION", {
    subject: optionText(name),
    expected: `URLs of servers in ${optionText("engine")} with it`,
    found: engine ?? "none",
  });
}
