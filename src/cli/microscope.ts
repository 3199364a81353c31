import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { Command, Option } from "commander";
import { DefconError, InputError } from "../base/errors.js";
import { given } from "../base/given.js";
import { ABOVE_ZERO, wholeNumber } from "../base/number-rule.js";
import { CONTROL_NUMBERS, type GivenControl } from "../control/control-settings.js";
import type { EngineName } from "../engine/engine.js";
import { encodeStreamedFrame } from "../frames/frame-stream.js";
import { findModel } from "../library/named-models.js";
import { outputOfLine } from "../loop/light-line.js";
import { listenForLight } from "../loop/udp-light.js";
import { Microscope } from "../microscope/microscope.js";
import {
  checkedMicroscope,
  type GivenMicroscope,
  MICROSCOPE_NUMBERS,
  MICROSCOPE_SIMULATION,
  type MicroscopeSettings,
} from "../microscope/microscope-settings.js";
import { type Counter, checkedPlan, framesOf, rehearse, type WayResult } from "../microscope/rehearsal.js";
import { REHEARSAL_FILES, RehearsalReport } from "../microscope/rehearsal-report.js";
import { WAY_MEASURES } from "../microscope/rehearsal-tables.js";
import type { DaemonClient } from "../protocol/client.js";
import { PRESET_NAMES, settingsOf } from "../simulate/presets.js";
import { expectedOf, isAllowed, type SimulationSettings } from "../simulate/settings.js";
import { SETTING_GROUPS } from "../simulate/settings-table.js";
import { engineOption } from "./engine-option.js";
import { interruptible, watchSignals } from "./interrupt.js";
import { numbersOf, withNumbers } from "./number-options.js";
import { flagOf, forceOption, numberThat } from "./options.js";
import { withOwnDaemon } from "./own-daemon.js";
import { ProgressLine } from "./progress.js";
import { table } from "./table.js";

/** Settings of a simulation that the command takes, beside a preset. */
const SIMULATION_OPTIONS = ["width", "height", "pixelSize", "exposure", "photons", "background"] as const;
const DEFAULT_MODELS = ["defcon", "defcon-fast"];
const DEFAULT_SECONDS = 300;
/** Options that say how to rehearse. */
const OF_REHEARSALS = ["seconds", "model", "force", "engine", ...Object.keys(CONTROL_NUMBERS)];
/** Molecules in a frame, far enough apart at 64 x 64 pixels. */
const DEFAULT_SET_POINT = 10;

type CameraOptions = Pick<Partial<SimulationSettings>, (typeof SIMULATION_OPTIONS)[number]>;

interface MicroscopeOptions extends CameraOptions, GivenMicroscope, GivenControl {
  preset?: string;
  listen?: number;
  frames?: number;
  /** The folder of the report. */
  rehearse?: string;
  seconds?: number;
  model?: string[];
  force?: boolean;
  engine?: EngineName;
}

/** `defcon-fiji microscope`: a simulated microscope to rehearse the control of light with. */
export function microscopeCommand(): Command {
  const command = new Command("microscope")
    .description(
      "simulate a microscope whose molecules follow the light: frames on standard output, light from standard input or UDP; or rehearse its control",
    )
    .addOption(
      new Option("--listen <port>", "take the light from UDP datagrams to this port too")
        .argParser(numberThat(wholeNumber(1, 65_535)))
        .conflicts("rehearse"),
    )
    .addOption(
      new Option("--frames <n>", "end after so many frames")
        .argParser(numberThat(wholeNumber(1)))
        .conflicts("rehearse"),
    )
    .addOption(
      new Option("--preset <name>", "camera and optics by name").choices(PRESET_NAMES).helpGroup("Camera:"),
    );
  for (const name of SIMULATION_OPTIONS) command.addOption(simulationOption(name));
  withNumbers(command, MICROSCOPE_NUMBERS, "Sample");
  const rehearsal = [
    new Option(
      "--rehearse <folder>",
      `steer it in several ways, as fast as frames are counted, and write ${Object.values(REHEARSAL_FILES).join(", ")}`,
    ),
    new Option("--seconds <s>", `how long the sample is watched (default: ${DEFAULT_SECONDS})`).argParser(
      numberThat(ABOVE_ZERO),
    ),
    new Option("-m, --model <models...>", `models to steer by (default: ${DEFAULT_MODELS.join(" ")})`),
    forceOption("an earlier rehearsal"),
    engineOption(),
  ];
  for (const option of rehearsal) command.addOption(option.helpGroup("Rehearsal:"));
  return withNumbers(command, CONTROL_NUMBERS, "Control, in a rehearsal").action(run);
}

function simulationOption(name: (typeof SIMULATION_OPTIONS)[number]): Option {
  const setting = Object.values(SETTING_GROUPS)
    .flatMap((group) => Object.entries(group))
    .find(([each]) => each === name)![1];
  const parse = numberThat({ expected: expectedOf(setting), holds: (value) => isAllowed(setting, value) });
  const unit = "unit" in setting && setting.unit ? `, ${setting.unit}` : "";
  return new Option(`${flagOf(name)} <n>`, `${setting.text}${unit}`).argParser(parse).helpGroup("Camera:");
}

async function run(options: MicroscopeOptions): Promise<void> {
  const settings = checkedMicroscope({
    ...numbersOf(options, MICROSCOPE_NUMBERS),
    simulation: simulationOf(options),
  });
  if (options.rehearse !== undefined) return rehearseWays(options.rehearse, settings, options);
  const alone = OF_REHEARSALS.find((name) => name in options);
  if (alone !== undefined) {
    throw new InputError("INPUT_OPTION", {
      subject: flagOf(alone),
      expected: "--rehearse with it",
      found: "none",
    });
  }
  await stream(settings, options);
}

function simulationOf(options: MicroscopeOptions): SimulationSettings {
  const changes = Object.fromEntries(SIMULATION_OPTIONS.map((name) => [name, options[name]]));
  return settingsOf(options.preset, { ...MICROSCOPE_SIMULATION, ...given(changes) });
}

/** Exposes a frame for each exposure of real time, with the light that came last. */
async function stream(settings: MicroscopeSettings, { listen, frames }: MicroscopeOptions): Promise<void> {
  if (process.stdout.isTTY) {
    throw new InputError("INPUT_OPTION", {
      subject: "standard output",
      expected: "a pipe to a program that takes frames, such as | defcon-fiji control -",
      found: "a terminal",
      advice: "To steer it in four ways at once, use --rehearse.",
    });
  }
  const microscope = new Microscope(settings);
  const { width, height, exposure, pixelSize } = microscope.simulation;
  let output = 0;
  const take = (value: number | undefined) => {
    output = value ?? output;
  };
  const ended = new AbortController();
  const end = () => ended.abort();
  const unwatch = watchSignals(end);
  process.stdout.on("error", end);
  const socket = listen === undefined ? undefined : await listenForLight(listen, take);
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => take(outputOfLine(line)));
  const started = performance.now();
  let missed = 0;
  try {
    for (let i = 0; i < (frames ?? Number.POSITIVE_INFINITY) && !ended.signal.aborted; i++) {
      const due = started + 1000 * exposure * (i + 1);
      const { pixels } = microscope.expose(output);
      await pause(Math.max(0, due - performance.now()), undefined, { signal: ended.signal }).catch(
        () => undefined,
      );
      // A camera does not wait for who reads it.
      if (process.stdout.writableNeedDrain) missed++;
      else process.stdout.write(encodeStreamedFrame({ width, height, pixels, pixelSize }));
    }
  } finally {
    lines.close();
    process.stdin.destroy();
    socket?.close();
    unwatch();
    process.stdout.off("error", end);
  }
  if (missed > 0) console.error(`${missed} frames were not read in time`);
}

async function rehearseWays(
  folder: string,
  settings: MicroscopeSettings,
  options: MicroscopeOptions,
): Promise<void> {
  const { seconds = DEFAULT_SECONDS, model = DEFAULT_MODELS, engine, force } = options;
  const control = numbersOf(options, CONTROL_NUMBERS);
  const plan = checkedPlan(settings, { setPoint: DEFAULT_SET_POINT, ...control }, seconds);
  const found = await Promise.all(model.map((each) => findModel(each, [])));
  const report = await RehearsalReport.create(folder, force);
  const progress = new ProgressLine(folder, framesOf(plan, model.length));
  let ways: WayResult[];
  try {
    ways = await interruptible(`${folder} was not written`, (signal) =>
      withOwnDaemon({ engine }, async (client) => {
        const counters = new Map<string, Counter>();
        for (const { name, path } of found) counters.set(name, await counterOf(client, path, settings));
        return rehearse(plan, counters, { signal, onFrame: () => progress.advance() });
      }),
    );
    await report.finish(plan, ways);
  } catch (error) {
    await report.abort();
    throw error;
  } finally {
    progress.clear();
  }
  const rows = ways.map((way) => [way.name, ...WAY_MEASURES.map(({ text }) => text(way))]);
  const heads = WAY_MEASURES.map(({ title, unit }) => (unit ? `${title}, ${unit}` : title));
  console.log(table(rows, ["way", ...heads]));
  for (const name of Object.values(REHEARSAL_FILES)) console.log(`  ${join(folder, name)}`);
}

/** Counts frames one by one through a stream of the daemon. */
async function counterOf(
  client: DaemonClient,
  model: string,
  { simulation: { width, height } }: MicroscopeSettings,
): Promise<Counter> {
  const stream = await client.openStream({ model, width, height, pixelType: "uint16" });
  const answers = stream.results();
  return async (pixels) => {
    await stream.send(pixels);
    const { value: answer } = await answers.next();
    if (answer?.kind === "error") throw answer.error;
    // A closed stream and a dropped frame: neither was asked for.
    if (answer?.kind !== "result")
      throw new DefconError("INTERNAL", { subject: "a frame without an answer" });
    return answer.count;
  };
}
