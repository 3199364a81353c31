import { Option } from "commander";
import { DEVICES, ENGINES, type EngineChoice, THREADS } from "../engine/engine.js";
import { numberThat } from "./options.js";

/** `--engine`. */
export function engineOption(): Option {
  return new Option("--engine <engine>", "what computes").choices(ENGINES);
}

/** `--device`. */
export function deviceOption(): Option {
  return new Option("--device <device>", "where to compute").choices(DEVICES);
}

/** `--threads`. */
export function threadsOption(): Option {
  return new Option(
    "--threads <n>",
    "most threads that count on the CPU (default: one for each core)",
  ).argParser(numberThat(THREADS));
}

/** Tells on standard error which engine and device compute, and why, if one was asked for. */
export function tellEngine(
  asked: EngineChoice,
  { engine, device, reason }: { engine: string; device: string; reason: string },
): void {
  if (asked.engine !== undefined || asked.device !== undefined)
    console.error(`engine ${engine} on ${device}: ${reason}`);
}
