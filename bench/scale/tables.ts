import { markdownTable } from "../accuracy/markdown.js";
import { type Archive, type Cluster, type Costs, simulateCluster } from "./cluster.js";
import type { FrameCosts } from "./inputs.js";
import { type Estimate, estimate, type Limit } from "./paper.js";

/** Seed of the simulations. */
const SEED = 21;
/** What a core costs for an hour, in any currency: the stated price. */
const PRICE = 0.05;
/** Seconds of the dispatcher for a job where it was not measured. */
export const DISPATCH = 0.01;

/** Storages, by what they give and take together and to one reader, bytes a second. */
const STORAGES = {
  "a file server at 10 Gbit/s": { storageBytes: 1.1e9, streamBytes: 1.1e8 },
  "a parallel file system of 20 GB/s": { storageBytes: 2e10, streamBytes: 1e9 },
} as const satisfies Record<string, Pick<Cluster, "storageBytes" | "streamBytes">>;
const [SERVER, PARALLEL] = Object.keys(STORAGES) as [keyof typeof STORAGES, keyof typeof STORAGES];

const WORKERS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000];
const PETABYTE = 1e15;
/** Bytes of one of the petabyte's recordings. */
const RECORDING = 2e10;
/** Frames of a recording, of 16 bits. */
const [STACK_FRAMES, PIXEL_BYTES, MAP_BYTES] = [10_000, 2, 4];

/** What was measured, as a table. */
export function inputsTable(costs: readonly FrameCosts[]): string {
  const ms = (seconds: number) => (1000 * seconds).toPrecision(3);
  return markdownTable(
    [
      "model",
      "frame",
      "start of a run, s",
      "a frame, ms",
      "of these reading",
      "writing",
      "as OME-Zarr",
      "join, ms",
      "frames/s of a core",
    ],
    costs.map(({ model, side, start, frame, read, write, writeZarr, join }) => [
      ...[
        model,
        `${side}×${side}`,
        start.toFixed(2),
        ms(frame),
        ms(read),
        ms(write),
        ms(writeZarr),
        ms(join),
      ],
      (1 / frame).toFixed(1),
    ]),
  );
}

/** Frames a second by workers: an experiment of 20 stacks in parts. */
export function workersTable(all: readonly FrameCosts[], dispatch: number): string {
  const archives = [
    { stacks: 20, shards: 1 },
    { stacks: 20, shards: 50 },
  ];
  const found = costsOf(all, "defcon", 512);
  const rows = WORKERS.map((workers) => [
    String(workers),
    ...[SERVER, PARALLEL].flatMap((storage) =>
      archives.map(({ stacks, shards }) => {
        const archive = archiveOf(512, stacks, shards);
        const cluster = { workers, ...STORAGES[storage] };
        const costs = costsFrom(found, dispatch);
        const { seconds, frames } = simulateCluster(costs, archive, cluster, SEED);
        const paper = estimate(costs, archive, cluster);
        return `${rate(frames / seconds)} (${rate(frames / paper.seconds)}, ${paper.limit})`;
      }),
    ),
  ]);
  return markdownTable(
    [
      "workers",
      ...[SERVER, PARALLEL].flatMap((storage) =>
        archives.map(
          ({ shards }) => `${storage}, ${shards === 1 ? "whole stacks" : `${shards} parts a stack`}`,
        ),
      ),
    ],
    rows,
  );
}

/** A petabyte on 1,000 cores, simulated and on paper. */
export function petabyteTable(all: readonly FrameCosts[], dispatch: number): string {
  const rows = all.flatMap((costs) =>
    ([SERVER, PARALLEL] as const).map((storage) => {
      const frames = Math.round(RECORDING / (PIXEL_BYTES * costs.side ** 2));
      const archive = { ...archiveOf(costs.side, PETABYTE / RECORDING, 1), frames };
      const cluster = { workers: 1000, ...STORAGES[storage] };
      const run = simulateCluster(costsFrom(costs, dispatch), archive, cluster, SEED);
      const paper = estimate(costsFrom(costs, dispatch), archive, cluster);
      const share = (value: number) => `${(100 * value).toFixed(0)} %`;
      return [
        ...[costs.model, `${costs.side}×${costs.side}`, storage],
        ...[days(run.seconds), days(paper.seconds), (run.seconds / paper.seconds).toFixed(3)],
        ...[rate(run.frames / run.seconds), share(run.cores), share(run.reading), share(run.writing)],
        ...[share(run.dispatching), limitWords(paper)],
      ];
    }),
  );
  return markdownTable(
    [
      "model",
      "frame",
      "storage",
      "days, simulated",
      "on paper",
      "ratio",
      "frames/s",
      "cores busy",
      "reading",
      "writing",
      "handing out",
      "limit",
    ],
    rows,
  );
}

/** Where another core no longer helps, and what a frame costs. */
export function costTable(all: readonly FrameCosts[], dispatch: number): string {
  const rows = all.map((costs) => {
    const archive = archiveOf(costs.side, 20, 1);
    const paper = estimate(costsFrom(costs, dispatch), archive, { workers: 1, ...STORAGES[PARALLEL] });
    const most = (storage: keyof typeof STORAGES) => {
      const { storageBytes } = STORAGES[storage];
      const bytes = Math.max(archive.frameBytes, archive.mapBytes);
      return Math.floor((storageBytes / bytes) * paper.coreSeconds).toLocaleString("en-US");
    };
    const million = (paper.coreSeconds * 1e6) / 3600;
    return [
      ...[costs.model, `${costs.side}×${costs.side}`, paper.coreSeconds.toPrecision(3)],
      ...[million.toPrecision(3), (million * PRICE).toPrecision(3), most(SERVER), most(PARALLEL)],
    ];
  });
  return markdownTable(
    [
      "model",
      "frame",
      "core-seconds a frame",
      "core-hours a million frames",
      `price at ${PRICE} a core-hour`,
      `cores that fill ${SERVER}`,
      PARALLEL,
    ],
    rows,
  );
}

/** What a core takes, as the simulation wants it. */
export function costsFrom({ start, frame, read, write, join }: FrameCosts, dispatch: number): Costs {
  // Measured one after the other, so noise may leave the engine less than nothing where it is fast.
  return { start, engine: Math.max(0, frame - read - write), read, write, join, dispatch };
}

function archiveOf(side: number, stacks: number, shards: number): Archive {
  const pixels = side ** 2;
  return {
    stacks,
    shards,
    frames: STACK_FRAMES,
    frameBytes: PIXEL_BYTES * pixels,
    mapBytes: MAP_BYTES * pixels,
  };
}

function costsOf(all: readonly FrameCosts[], model: string, side: number): FrameCosts {
  const found = all.find((costs) => costs.model === model && costs.side === side);
  if (!found) throw new Error(`no measured costs of ${model} at ${side}`);
  return found;
}

function limitWords({ limit }: Estimate): Limit {
  return limit;
}

function rate(framesPerSecond: number): string {
  return framesPerSecond >= 100
    ? Math.round(framesPerSecond).toLocaleString("en-US")
    : framesPerSecond.toPrecision(3);
}

function days(seconds: number): string {
  return (seconds / 86_400).toPrecision(3);
}
