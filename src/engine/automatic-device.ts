import { fileURLToPath } from "node:url";
import { askProcess } from "../base/ask-process.js";
import { isRecord } from "../base/is-record.js";
import { DEVICE_LIMITS } from "../base/limits.js";
import { runtimeWithCuda } from "./added-cuda.js";
import type { NamedDevice } from "./onnxruntime.js";

/** The devices that are tried, in this order. */
const TRIED = ["cuda", "webgpu"] as const;
type TriedDevice = (typeof TRIED)[number];

const PROGRAM = fileURLToPath(new URL("device-process.js", import.meta.url));

/** What the process of a trial tells. */
export type DeviceTrial =
  /** Largest error of the trial network's map, and the times of a frame, ms. */
  { error: number; isRight: boolean; ms: number; cpuMs: number } | { trouble: string };

/** A device, and why it is this one. */
export interface ChosenDevice {
  device: NamedDevice;
  reason: string;
}

/**
 * Chooses the first device that computes right and faster than the CPU, else the CPU.
 * A Vulkan device in software computes right too, many times slower. Each device is tried in a
 * process of its own, which a bad driver may take with it.
 * @param ask tries a device
 */
export async function automaticDevice(
  ask: (device: TriedDevice) => Promise<DeviceTrial> = tryInProcess,
): Promise<ChosenDevice> {
  const passedOver: string[] = [];
  for (const device of TRIED) {
    const trial = await ask(device);
    if ("trouble" in trial) passedOver.push(`${device}: ${trial.trouble}`);
    else if (!trial.isRight)
      passedOver.push(`${device}: wrong numbers, off by ${trial.error.toPrecision(2)}`);
    else {
      const times = `${timeOf(trial.ms)} a frame against ${timeOf(trial.cpuMs)} on the CPU`;
      if (trial.ms < trial.cpuMs)
        return { device, reason: [`${device} takes ${times}`, ...passedOver].join("; ") };
      passedOver.push(`${device} is slower: ${times}`);
    }
  }
  return { device: "cpu", reason: passedOver.join("; ") };
}

/** Tries a device in a process of its own. It never throws. */
async function tryInProcess(device: TriedDevice): Promise<DeviceTrial> {
  if (device === "cuda" && runtimeWithCuda() === undefined) return { trouble: "not added" };
  const found = await askProcess(PROGRAM, device, DEVICE_LIMITS.trialTimeoutMs);
  if ("failure" in found) return { trouble: found.failure };
  return isTrial(found.answer) ? found.answer : { trouble: "its process answered something else" };
}

function isTrial(value: unknown): value is DeviceTrial {
  if (!isRecord(value)) return false;
  const { error, isRight, ms, cpuMs, trouble } = value;
  if (typeof trouble === "string") return true;
  return [error, ms, cpuMs].every((each) => typeof each === "number") && typeof isRight === "boolean";
}

function timeOf(ms: number): string {
  return `${ms.toPrecision(2)} ms`;
}
