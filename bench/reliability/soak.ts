import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "../../src/base/random.js";
import { PIXEL_TYPES, type PixelArray, type PixelType } from "../../src/frames/frame.js";
import { Predictor } from "../../src/predict/predictor.js";
import type { ClientStream, FrameAnswer } from "../../src/protocol/client.js";
import { RANDOM_MODEL } from "../../test/support/oracle.js";
import { type Served, startServe } from "../../test/support/serve.js";
import { median } from "../statistics.js";
import { Faults, grouped, type Measured } from "./measured.js";

/** What a client sends. */
interface Sender {
  side: [width: number, height: number];
  pixelType: PixelType;
  density: boolean;
}

/**
 * Eight clients, which all send as fast as they are let. The last two send large frames: one of a
 * whole engine call, one of tiles. They have equal shares of the engine, so most frames are small.
 */
const SENDERS: readonly Sender[] = [
  { side: [32, 32], pixelType: "uint8", density: true },
  { side: [32, 32], pixelType: "uint16", density: false },
  { side: [40, 24], pixelType: "float32", density: true },
  { side: [48, 48], pixelType: "uint16", density: false },
  { side: [64, 64], pixelType: "uint16", density: true },
  { side: [128, 128], pixelType: "uint8", density: false },
  { side: [512, 512], pixelType: "uint16", density: true },
  { side: [1400, 1200], pixelType: "uint16", density: false },
];
/** Longest side of a frame whose latency is judged, pixels. */
const SMALL_SIDE = 64;
/** Different frames of a client: more than a batch has, so that no two batches are alike. */
const VARIETY = 17;
/** Times at which the daemon's process is looked at, evenly over all frames. */
const READINGS = 100;
/** The share of the frames after which memory and latencies are judged: all is in use by then. */
const WARM_UP = 0.3;
/** Parts of the time that are judged, each by the median of what was seen in it. */
const PARTS = 7;
/** Bounds of what holds. */
const MOST_SPREAD = 0.05;
const MOST_LATENCY_RATIO = 5;

/** A frame and what is right of it. */
interface Sample {
  pixels: PixelArray;
  count: number;
  maxLocalCount: number;
  density: Buffer | undefined;
}

/** What was seen of the daemon's process at a time. */
interface Reading {
  megabytes: number;
  files: number;
  threads: number;
}

/**
 * Sends many frames of eight clients through a daemon, and checks each answer.
 * Options: --frames, --seed.
 */
export async function measure(args: readonly string[]): Promise<Measured[]> {
  if (process.platform !== "linux") throw new Error("It looks at processes in /proc, which only Linux has.");
  const { values } = parseArgs({
    args: [...args],
    options: {
      frames: { type: "string", default: "1000000" },
      seed: { type: "string", default: "1" },
    },
  });
  const [total, seed] = [Number(values.frames), Number(values.seed)];
  const samples = await samplesOf(seed);
  const home = mkdtempSync(join(tmpdir(), "defcon-fiji-soak-"));
  const served = await startServe(home);
  try {
    return await soak(served, samples, total, seed);
  } finally {
    served.child.kill("SIGKILL");
    rmSync(home, { recursive: true, force: true });
  }
}

/** The frames of each client, with the answers of a predictor that has no daemon. */
async function samplesOf(seed: number): Promise<Sample[][]> {
  const predictor = await Predictor.start({ models: [RANDOM_MODEL] });
  const model = await predictor.load();
  const all: Sample[][] = [];
  for (const [client, { side, pixelType, density }] of SENDERS.entries()) {
    const [width, height] = side;
    const samples: Sample[] = [];
    for (let i = 0; i < VARIETY; i++) {
      const random = new Random(seed, "soak", client, i);
      const { array: PixelArrayOfType } = PIXEL_TYPES[pixelType];
      const pixels = new PixelArrayOfType(width * height);
      for (let at = 0; at < pixels.length; at++) pixels[at] = random.below(256);
      const wanted = { density, maxLocalCount: true, pool: model.summary.pool, certainty: true };
      const [found] = await model.predict({ width, height, count: 1, pixels: pixels.slice() }, wanted);
      const { count, maxLocalCount, density: map } = found!;
      samples.push({ pixels, count, maxLocalCount, density: map && Buffer.from(bytesOf(map)) });
    }
    all.push(samples);
  }
  await predictor.close();
  return all;
}

function bytesOf(map: Float32Array): Uint8Array {
  return new Uint8Array(map.buffer, map.byteOffset, map.byteLength).slice();
}

async function soak(served: Served, samples: Sample[][], total: number, seed: number): Promise<Measured[]> {
  const faults = new Faults();
  const readings: Reading[] = [];
  const pid = served.discovery.pid;
  const began = performance.now();
  let answered = 0;
  const course: Course = {
    get isOver() {
      return answered >= total;
    },
    get isSettled() {
      return answered >= WARM_UP * total;
    },
    answered(isRight, text) {
      faults.check(isRight, text);
      if (++answered < ((readings.length + 1) * total) / READINGS || readings.length === READINGS) return;
      readings.push(readingOf(pid));
      if (readings.length % 10 !== 0) return;
      const { megabytes, files, threads } = readings.at(-1)!;
      const rate = (1000 * answered) / (performance.now() - began);
      console.log(
        `${grouped(answered)} frames, ${rate.toFixed(0)} a second; ${megabytes.toFixed(0)} MB, ${files} files, ${threads} threads`,
      );
    },
  };
  const times = await Promise.all(
    SENDERS.map(async ({ side: [width, height], pixelType, density }, i) => {
      const client = await served.connect();
      const stream = await client.openStream({ width, height, pixelType, density, maxLocalCount: true });
      const spent = await send(stream, samples[i]!, course);
      await client.close();
      return spent;
    }),
  );
  return rowsOf(answered, times, readings, faults, seed);
}

/** How far all clients together have come. */
interface Course {
  readonly isOver: boolean;
  readonly isSettled: boolean;
  answered(isRight: boolean, text: () => string): void;
}

/** Sends frames as fast as the daemon lets it. @returns times until the answers to frames, ms */
async function send(stream: ClientStream, samples: readonly Sample[], course: Course): Promise<number[]> {
  const times: number[] = [];
  /** When the frames without an answer were sent; what they waited for credit does not count. */
  const sent: number[] = [];
  const sending = (async () => {
    for (let i = 0; !course.isOver; i++) {
      await stream.send(samples[i % VARIETY]!.pixels, i);
      sent.push(performance.now());
    }
    await stream.close();
  })();
  let next = 0;
  for await (const answer of stream.results()) {
    const time = performance.now() - sent.shift()!;
    if (course.isSettled) times.push(time);
    const [i, sample] = [next, samples[next++ % VARIETY]!];
    course.answered(isRight(answer, i, sample), () => {
      const { width, height } = stream.options;
      const found = JSON.stringify({ ...answer, density: undefined });
      return `frame ${i} of ${width}x${height}: ${found} instead of ${sample.count}, ${sample.maxLocalCount}`;
    });
  }
  await sending;
  return times;
}

function isRight(answer: FrameAnswer, sequence: number, { count, maxLocalCount, density }: Sample): boolean {
  return (
    answer.kind === "result" &&
    answer.sequence === sequence &&
    answer.count === count &&
    answer.maxLocalCount === maxLocalCount &&
    (density === undefined || (answer.density !== undefined && density.equals(viewOf(answer.density))))
  );
}

function viewOf(map: Float32Array): Uint8Array {
  return new Uint8Array(map.buffer, map.byteOffset, map.byteLength);
}

function readingOf(pid: number): Reading {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const number = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
  return {
    megabytes: number("VmRSS") / 1024,
    files: readdirSync(`/proc/${pid}/fd`).length,
    threads: number("Threads"),
  };
}

function rowsOf(
  answered: number,
  times: number[][],
  readings: Reading[],
  faults: Faults,
  seed: number,
): Measured[] {
  const large = times.at(-1)!.length;
  const amount = `${grouped(answered)} frames of 8 clients, 32x32 to 1400x1200, seed ${seed}`;
  const settled = readings.slice(Math.ceil(WARM_UP * readings.length));
  const memory = settled.map(({ megabytes }) => megabytes);
  const plateau = median(memory);
  const parts = Array.from({ length: PARTS }, (_, i) =>
    memory.slice(Math.floor((i * memory.length) / PARTS), Math.floor(((i + 1) * memory.length) / PARTS)),
  );
  const away = (values: readonly number[]) => Math.max(...values.map((each) => Math.abs(each / plateau - 1)));
  const spread = away(parts.map(median));
  const halves = [settled.slice(0, settled.length >> 1), settled.slice(settled.length >> 1)];
  const most = (name: "files" | "threads") =>
    halves.map((part) => Math.max(...part.map((reading) => reading[name]))) as [number, number];
  const [files, threads] = [most("files"), most("threads")];
  const latencies = SENDERS.flatMap(({ side }, i) => (Math.max(...side) <= SMALL_SIDE ? [...times[i]!] : []));
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(share * (latencies.length - 1))]!;
  const ratio = at(0.99) / at(0.5);
  return [
    {
      what: "each answer has its frame's sequence number, and counts and map as without a daemon, bit for bit",
      amount,
      ...outcome(
        faults.count === 0,
        faults.count === 0 ? "no wrong answer" : `${faults.count} wrong answers`,
      ),
    },
    {
      what: "the daemon's resident memory stays within 5 % of its plateau",
      amount,
      ...outcome(
        spread <= MOST_SPREAD,
        `${plateau.toFixed(0)} MB; medians of ${PARTS} parts at most ${(100 * spread).toFixed(1)} % away from it, single looks ${(100 * away(memory)).toFixed(1)} %`,
      ),
    },
    {
      what: "its open files and threads do not grow: most in the first and in the second half",
      amount,
      ...outcome(
        files[1] <= files[0] && threads[1] <= threads[0],
        `${files.join(" and ")} files, ${threads.join(" and ")} threads`,
      ),
    },
    {
      what: `latency of frames up to ${SMALL_SIDE}x${SMALL_SIDE} while large ones run: p99 at most ${MOST_LATENCY_RATIO} times the median`,
      amount: `${grouped(latencies.length)} frames, sent as fast as credits let, beside ${grouped(large)} of 1400x1200`,
      ...outcome(
        ratio <= MOST_LATENCY_RATIO,
        `${ratio.toFixed(2)} times (${at(0.99).toFixed(1)} ÷ ${at(0.5).toFixed(1)} ms)`,
      ),
    },
  ];
}

function outcome(holds: boolean, result: string): { holds: boolean; result: string } {
  return { holds, result: holds ? result : `FAILS: ${result}` };
}
