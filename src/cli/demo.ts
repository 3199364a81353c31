import { basename, join } from "node:path";
import { Command } from "commander";
import { writeFileAtomically } from "../base/atomic-file.js";
import { contentKind } from "../base/output-place.js";
import type { EngineName } from "../engine/engine.js";
import { type OpenOptions, openOptions } from "../frames/open-options.js";
import { openStack, resultName } from "../frames/open-stack.js";
import type { StackReader } from "../frames/stack-reader.js";
import { createStackWriter } from "../frames/stack-writer.js";
import { countsPicture } from "../picture/counts-picture.js";
import { rasterise } from "../picture/rasterise.js";
import type { ClientStream, DaemonClient } from "../protocol/client.js";
import { engineOption } from "./engine-option.js";
import { forceOption } from "./options.js";
import { withOwnDaemon } from "./own-daemon.js";
import { withReadingOptions } from "./reading-options.js";
import { writeSyntheticStack } from "./synthetic-stack.js";

interface DemoOptions extends OpenOptions {
  model?: string;
  output: string;
  force?: boolean;
  engine?: EngineName;
}

/** The counts of a stack, and its density maps (H,W). */
interface Counted {
  counts: number[];
  densities: Float32Array[];
  seconds: number;
}

const PIXELS_PER_UNIT = 2;
const OWN_FOLDER = "demo-output";

/** `defcon-fiji demo`: counts a stack through a daemon, as Fiji does, and draws the result. */
export function demoCommand(): Command {
  const command = new Command("demo")
    .description("count a stack through a daemon of its own and draw the result")
    .argument("[frames]", "a stack, as predict takes it (default: synthetic spots)")
    .option("-m, --model <model>", "a model file (default: the daemon's default model)")
    .option("-o, --output <folder>", `where results go (default: ${OWN_FOLDER})`)
    .addOption(forceOption("what an earlier demo wrote"))
    .addOption(engineOption())
    .action(demo);
  return withReadingOptions(command);
}

async function demo(input: string | undefined, given: Partial<DemoOptions>): Promise<void> {
  // In the demo's own folder, a demo may be repeated.
  const { output = OWN_FOLDER, force = given.output === undefined } = given;
  const options: DemoOptions = { ...given, output, force };
  const stack =
    input === undefined
      ? await openStack(await simulatedFrames(options))
      : await openStack(input, openOptions(given));
  try {
    const { model, engine } = options;
    await withOwnDaemon({ models: model === undefined ? [] : [model], engine }, async (client) =>
      writeResults(stack, await count(client, stack), options),
    );
  } finally {
    await stack.close();
  }
}

/** Writes simulated frames, for a demo without frames of the user's. @returns their path */
async function simulatedFrames({ output, force }: DemoOptions): Promise<string> {
  const path = join(output, "synthetic.tif");
  await writeSyntheticStack(path, force);
  console.log(`no frames given: wrote synthetic spots to ${path}`);
  return path;
}

async function count(client: DaemonClient, stack: StackReader): Promise<Counted> {
  const { width, height, pixelType, frames } = stack.info;
  const stream = await client.openStream({ width, height, pixelType, density: true, maxLocalCount: true });
  console.log(`${stack.path}: ${frames} frames, ${stream.model.name}, ${client.engine} on ${client.device}`);
  const start = performance.now();
  const sent = sendAll(stream, stack);
  // Its error is thrown below, where an answer may fail first.
  sent.catch(() => undefined);
  const [counts, densities]: [number[], Float32Array[]] = [[], []];
  for await (const answer of stream.results()) {
    if (answer.kind === "error") throw answer.error;
    if (answer.kind === "dropped") continue;
    counts.push(answer.count);
    densities.push(answer.density!);
    const [total, local] = [answer.count.toFixed(2), answer.maxLocalCount.toFixed(2)];
    console.log(`frame ${answer.sequence + 1}: count ${total}, max local count ${local}`);
  }
  await sent;
  return { counts, densities, seconds: (performance.now() - start) / 1000 };
}

async function sendAll(stream: ClientStream, stack: StackReader): Promise<void> {
  try {
    for (let i = 0; i < stack.info.frames; i++) await stream.send((await stack.read(i)).pixels);
  } finally {
    await stream.close();
  }
}

async function writeResults(
  stack: StackReader,
  counted: Counted,
  { output, force }: DemoOptions,
): Promise<void> {
  const { counts, densities, seconds } = counted;
  const { width, height, frames, calibration } = stack.info;
  const stem = join(output, resultName(stack.path).stem);
  const writer = await createStackWriter(`${stem}.density.tif`, {
    ...{ width, height, frames, calibration, force },
  });
  try {
    for (const density of densities) await writer.write(density);
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  const index = counts.indexOf(Math.max(...counts));
  const svg = countsPicture({
    title: basename(stack.path),
    frame: await stack.read(index),
    density: { width, height, pixels: densities[index]! },
    index,
    counts,
  });
  await writeFileAtomically(`${stem}.demo.png`, await rasterise(svg, PIXELS_PER_UNIT), {
    replaces: { kind: contentKind("a PNG picture", "a PNG picture"), force },
  });
  console.log(`${frames} frames at ${(frames / seconds).toFixed(1)} frames/s`);
  console.log(`  ${stem}.density.tif\n  ${stem}.demo.png`);
}
