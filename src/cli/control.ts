import { Command, InvalidArgumentError, Option } from "commander";
import { InputError } from "../base/errors.js";
import { ABOVE_ZERO } from "../base/number-rule.js";
import {
  CONTROL_MODES,
  CONTROL_NUMBERS,
  type ControlMode,
  type GivenControl,
} from "../control/control-settings.js";
import { Controller } from "../control/controller.js";
import { QUANTITIES, type Quantity } from "../control/quantity.js";
import type { EngineName } from "../engine/engine.js";
import { streamedFrames } from "../frames/frame-stream.js";
import { openGrowing } from "../frames/growing/growing-source.js";
import { findModel } from "../library/named-models.js";
import { type ControlLoopParts, runControlLoop } from "../loop/control-loop.js";
import { lightLine } from "../loop/light-line.js";
import { newestFrames, numberedFrames } from "../loop/newest-frames.js";
import { UdpLight, type UdpPlace, udpPlace } from "../loop/udp-light.js";
import { engineOption } from "./engine-option.js";
import { watchSignals } from "./interrupt.js";
import { numbersOf, withNumbers } from "./number-options.js";
import { numberThat } from "./options.js";
import { connectOrStart } from "./own-daemon.js";

const STDIN = "-";

interface ControlOptions extends GivenControl {
  mode?: ControlMode;
  quantity: Quantity;
  model?: string;
  pixelSize?: number;
  udp?: UdpPlace;
  idle?: number;
  engine?: EngineName;
}

/** `defcon-fiji control`: steers light by the counts of frames that arrive. */
export function controlCommand(): Command {
  const command = new Command("control")
    .description("steer light by the counts of frames that arrive: a line of JSON for each count")
    .argument(
      "<frames>",
      `a recording that is being written (a tif, a folder of NDTiff, OME-Zarr or single tifs), or ${STDIN} for frames on standard input`,
    )
    .option("-m, --model <model>", "an installed model's name or a model file")
    .addOption(
      new Option("--quantity <what>", `what the set point is about: ${inWords(QUANTITIES)}`)
        .choices(Object.keys(QUANTITIES))
        .default("count"),
    )
    .addOption(
      new Option("--mode <mode>", inWords(CONTROL_MODES)).choices(Object.keys(CONTROL_MODES)).default("pi"),
    )
    .option("--udp <host:port>", "send each line as a datagram too", toUdpPlace)
    .option("--pixel-size <nm>", "side of a pixel, where the frames do not say it", numberThat(ABOVE_ZERO))
    .option(
      "--idle <seconds>",
      "end after so long without a new frame of a recording",
      numberThat(ABOVE_ZERO),
    )
    .addOption(engineOption());
  return withNumbers(command, CONTROL_NUMBERS, "Control").action(run);
}

function inWords(table: Readonly<Record<string, string>>): string {
  return Object.entries(table)
    .map(([name, text]) => `${name}: ${text}`)
    .join("; ");
}

function toUdpPlace(text: string): UdpPlace {
  const place = udpPlace(text);
  if (place) return place;
  throw new InvalidArgumentError(
    `Expected a host and a port such as 127.0.0.1:5005, found ${text || "nothing"}.`,
  );
}

async function run(frames: string, options: ControlOptions): Promise<void> {
  const { mode, quantity, model, pixelSize, udp, engine } = options;
  if (options.setPoint === undefined) {
    throw new InputError("INPUT_OPTION", {
      subject: "--set-point",
      expected: CONTROL_NUMBERS.setPoint.expected,
      found: "none",
      advice: "It is the reading to hold, such as 10 molecules in a frame.",
    });
  }
  const path = model && (await findModel(model, [])).path;
  const controller = new Controller({ mode, ...numbersOf(options, CONTROL_NUMBERS) });
  const light = udp && (await UdpLight.open(udp));
  const ended = new AbortController();
  const end = () => ended.abort();
  const unwatch = watchSignals(end);
  process.stdout.on("error", end);
  try {
    await withFrames(frames, options, ended.signal, async (arriving) => {
      const parts: ControlLoopParts = {
        ...{ frames: arriving, model: path, controller, quantity, pixelSize },
        connect: () => connectOrStart({ engine }),
        emit: (step) => {
          const line = lightLine(step);
          light?.send(line);
          console.log(line);
        },
        onTrouble: (error) => console.error(error.message),
      };
      await runControlLoop(parts, ended.signal);
    });
  } finally {
    await light?.close();
    unwatch();
    process.stdout.off("error", end);
  }
}

async function withFrames(
  name: string,
  { idle }: ControlOptions,
  signal: AbortSignal,
  work: (frames: ControlLoopParts["frames"]) => Promise<void>,
): Promise<void> {
  if (name === STDIN) {
    if (process.stdin.isTTY) {
      throw new InputError("INPUT_OPTION", {
        subject: "standard input",
        expected: "frames from a pipe, such as defcon-fiji microscope |",
        found: "a terminal",
        advice: "docs/control.md describes them.",
      });
    }
    try {
      return await work(numberedFrames(streamedFrames(process.stdin, "standard input")));
    } finally {
      process.stdin.destroy();
    }
  }
  const source = await openGrowing(name);
  try {
    await work(newestFrames(source, { signal, ...(idle !== undefined && { idleMs: 1000 * idle }) }));
  } finally {
    await source.close();
  }
}
