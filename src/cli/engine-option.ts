import { type Command, InvalidArgumentError, Option } from "commander";
import { DefconError } from "../base/errors.js";
import { DEVICES, ENGINES, type EngineChoice } from "../engine/engine.js";
import { ENGINE_RULE, THREADS_RULE, TIMEOUT_RULE } from "../engine/engine-rules.js";
import { numberThat } from "./options.js";
import { withFlags } from "./reading-options.js";

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
  ).argParser(numberThat(THREADS_RULE));
}

/** `--engine`, `--device`, `--threads` and the options of servers, for commands that use them. */
export function withEngineOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--engine <engine>",
        `what computes: ${ENGINES.join(", ")}, or servers of the Open Inference Protocol: https://HOST[,https://HOST2...]`,
      ).argParser(engineOf),
    )
    .addOption(deviceOption())
    .addOption(threadsOption())
    .option("--or-local", "count here while no server of --engine answers")
    .option("--engine-ca <file>", "certificates (PEM) that vouch for the servers of --engine")
    .option("--engine-token <file>", "a file with the token that the servers of --engine want to see")
    .option(
      "--engine-timeout <seconds>",
      "longest time until a server's answer is there (default: 60)",
      numberThat(TIMEOUT_RULE),
    );
}

function engineOf(text: string): string {
  try {
    if (ENGINE_RULE.holds(text)) return text;
  } catch (error) {
    if (error instanceof DefconError) throw new InvalidArgumentError(withFlags(error.message));
    throw error;
  }
  throw new InvalidArgumentError(`Expected ${ENGINE_RULE.expected}.`);
}

/** Tells on standard error which engine and device compute, and why, if one was asked for. */
export function tellEngine(
  asked: EngineChoice,
  { engine, device, reason }: { engine: string; device: string; reason: string },
): void {
  if (asked.engine !== undefined || asked.device !== undefined)
    console.error(`engine ${engine} on ${device}: ${reason}`);
}
