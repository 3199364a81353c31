import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { packageRoot } from "../../../src/base/home.js";
import { readSimulatedSetPlan } from "../../../src/dataset/simulated-plan.js";
import { SampleReader } from "../../../src/dataset/training-set.js";
import { readTruth } from "../../../src/dataset/truth/truth-table.js";
import { readArchive, writePack } from "../../../src/fiji/archive.js";
import { NATIVE_FORMAT, readModel, WRITTEN_FORMATS, writeModel } from "../../../src/formats/registry.js";
import { openGrowing } from "../../../src/frames/growing/growing-source.js";
import { openStack } from "../../../src/frames/open-stack.js";
import type { StackReader } from "../../../src/frames/stack-reader.js";
import { formatConfig, readConfig } from "../../../src/simulate/config-file.js";
import { SIMULATION_DEFAULTS } from "../../../src/simulate/settings.js";
import { readCheckpoint, writeCheckpoint } from "../../../src/train/checkpoint.js";
import { readConfigFile } from "../../../src/train/config-file.js";
import { TRAINING_DEFAULTS } from "../../../src/train/settings.js";
import { wholeContent } from "../../../test/support/fiji.js";
import { RANDOM_MODEL } from "../../../test/support/oracle.js";
import { TRUTH_TABLES } from "../../../test/support/truth-tables.js";
import { mutateTarGz, mutateZip } from "../mutate/archives.js";
import { type Mutation, mutateBytes } from "../mutate/bytes.js";
import { mutateText } from "../mutate/text.js";
import { mutateTif } from "../mutate/tif.js";
import { mutateWire } from "../mutate/wire.js";
import { contentOf, dataPath, type FileKind, filesWith, type Seed } from "./seed.js";

/** Most frames and samples that are read of a file. */
const FRAMES = 12;

/** Models in HDF5 are read in a thread that is ended after 20 seconds. */
const APART_MS = 25_000;

const bytesOnly = (): Mutation => mutateBytes;
const FORMATS = dataPath("frames", "formats");

/** Every kind by its name. */
export const FILE_KINDS: Readonly<Record<string, FileKind>> = {
  tif: {
    seeds: () => [
      ...filesWith(dataPath("frames"), ".tif").map((path) => stackSeed(path)),
      ...filesWith(dataPath("frames", "corpus"), ".tif").map((path) => stackSeed(path)),
      ...filesWith(dataPath("frames", "corpus"), ".tif").map(growingSeed),
    ],
    mutation: () => mutateTif,
  },
  // After an error HDF5's library keeps a file open until its thread or process ends.
  h5: { seeds: hdf5Seeds, mutation: bytesOnly, keepsHandles: true },
  "keras-h5": {
    seeds: () => [
      ...["fast.h5", "fast.weights.h5", "segmentation.h5"].map((name) =>
        modelSeed(dataPath("model", "foreign", name)),
      ),
      modelSeed(dataPath("model", "other_network.h5")),
    ],
    mutation: bytesOnly,
    mostMs: APART_MS,
  },
  onnx: {
    seeds: async () => [
      ...(await writtenModel("onnx")),
      ...["static", "dynamic", "half", "other", "tf2onnx"].map((name) =>
        modelSeed(dataPath("model", "foreign", `${name}.onnx`)),
      ),
      modelSeed(join(packageRoot, "models", "defcon-fast.onnx")),
    ],
    mutation: () => mutateWire,
  },
  "saved-model": {
    seeds: async () => [modelSeed(dataPath("model", "saved_model")), ...(await writtenModel("saved-model"))],
    mutation: (name) => (name.endsWith(".pb") ? mutateWire : mutateBytes),
  },
  bioimageio: {
    seeds: () => writtenModel("bioimageio"),
    mutation: () => mutateZip((name) => (name.endsWith(".onnx") ? mutateWire : mutateText)),
  },
  keras: {
    seeds: () => ["fast", "other"].map((name) => modelSeed(dataPath("model", "foreign", `${name}.keras`))),
    mutation: () => mutateZip((name) => (name.endsWith(".json") ? mutateText : mutateBytes)),
    mostMs: APART_MS,
  },
  csv: {
    seeds: () =>
      Object.entries(TRUTH_TABLES).map(([name, text]) => {
        const row = text.trimEnd().split("\n").at(-1)!;
        return textSeed(`${name}.csv`, `${text}${`${row}\n`.repeat(5)}`, (path) =>
          readTruth(path, { frames: 3, width: 20, height: 10 }, { sigma: 1, knownPixelSize: 100 }),
        );
      }),
    mutation: () => mutateText,
  },
  ini: { seeds: () => [textSeed("config.ini", CONFIG, readConfigFile)], mutation: () => mutateText },
  json: { seeds: planSeeds, mutation: () => mutateText },
  tar: { seeds: packSeed, mutation: () => mutateTarGz },
  zarr: {
    seeds: () =>
      [
        ...["four-blosc", "four-gzip", "four-lz4", "four-plain", "four-zlib", "four-zstd"].map(ome),
        ...["five-blosc", "five-gzip", "five-plain", "five-zstd"].map(ome),
        ...["sharded", "tiles", "series", "sparse", "type-bool", "type-float64", "plain"],
      ].map((name) => stackSeed(join(FORMATS, `${name}.zarr`))),
    mutation: (name) => (/\.(json|zarray|zattrs|zgroup)$/.test(name) ? mutateText : mutateBytes),
  },
  npy: {
    seeds: () =>
      [...filesWith(FORMATS, ".npy", 4_096), ...filesWith(dataPath("frames", "arrays"), ".npy")].map((path) =>
        stackSeed(path),
      ),
    mutation: bytesOnly,
  },
  npz: {
    seeds: () =>
      [...filesWith(FORMATS, ".npz"), ...filesWith(dataPath("frames", "arrays"), ".npz")].map((path) =>
        stackSeed(path),
      ),
    mutation: () => mutateZip(bytesOnly),
  },
  dax: {
    seeds: () => ["little", "big", "bytes"].map((name) => besideSeed(name, ".dax", ".inf")),
    mutation: besides,
  },
  spe: { seeds: () => filesWith(FORMATS, ".spe").map((path) => stackSeed(path)), mutation: bytesOnly },
  sif: { seeds: () => filesWith(FORMATS, ".sif").map((path) => stackSeed(path)), mutation: bytesOnly },
  nd2: {
    seeds: () => filesWith(FORMATS, ".nd2", 50_000).map((path) => stackSeed(path)),
    mutation: bytesOnly,
  },
  raw: {
    seeds: () =>
      ["picasso-uint16-big", "picasso-float32-little", "picasso-int32-big"].map((name) =>
        besideSeed(name, ".raw", ".yaml"),
      ),
    mutation: besides,
  },
};

function ome(name: string): string {
  return `${name}.ome`;
}

/** Files beside frames are text. */
function besides(name: string): Mutation {
  return /\.(inf|yaml)$/.test(name) ? mutateText : mutateBytes;
}

/** Frames that are read as `predict` reads them. */
function stackSeed(path: string, array = ""): Seed {
  const name = basename(path);
  return {
    name: name + array,
    files: contentOf(path),
    read: async (folder) => readFrames(await openStack(join(folder, name) + array)),
  };
}

function besideSeed(stem: string, ending: string, other: string): Seed {
  const seed = stackSeed(join(FORMATS, stem + ending));
  return { ...seed, files: new Map([...seed.files, ...contentOf(join(FORMATS, stem + other))]) };
}

/** A tif that is read as `predict --follow` reads it. */
function growingSeed(path: string): Seed {
  const name = basename(path);
  return {
    name: `${name} as it grows`,
    files: contentOf(path),
    read: async (folder) => {
      const source = await openGrowing(join(folder, name));
      try {
        const { stack } = await source.look();
        if (stack) await readFrames(stack);
      } finally {
        await source.close();
      }
    },
  };
}

async function readFrames(stack: StackReader): Promise<void> {
  try {
    const { width, height, frames } = stack.info;
    for await (const { pixels } of stack.frames(0, Math.min(frames, FRAMES))) {
      if (pixels.length !== width * height)
        throw new Error(`${pixels.length} pixels of ${width} x ${height}`);
    }
  } finally {
    await stack.close();
  }
}

function modelSeed(path: string): Seed {
  const name = basename(path);
  return { name, files: contentOf(path), read: (folder) => readWeights(join(folder, name)) };
}

async function readWeights(path: string): Promise<void> {
  const { weights } = await readModel(path);
  for (const [name, { data, shape }] of weights) {
    if (data.length !== shape.reduce((size, side) => size * side, 1))
      throw new Error(`${name} is not of its shape`);
  }
}

/** A model as this program writes it in a format. */
async function writtenModel(id: string): Promise<Seed[]> {
  const format = WRITTEN_FORMATS.find((each) => each.id === id) ?? NATIVE_FORMAT;
  return inFolder(async (folder) => {
    const path = join(folder, `written${format.extensions[0] ?? ""}`);
    await writeModel(path, await readModel(RANDOM_MODEL), format);
    return [modelSeed(path)];
  });
}

function textSeed(name: string, text: string, read: (path: string) => Promise<unknown>): Seed {
  return {
    name,
    files: new Map([[name, Buffer.from(text)]]),
    read: async (folder) => void (await read(join(folder, name))),
  };
}

function planSeeds(): Seed[] {
  const names = filesWith(join(packageRoot, "models"), ".json").filter((path) =>
    /-(plan|set)\.json$/.test(path),
  );
  const config = formatConfig({ settings: SIMULATION_DEFAULTS, seed: 1 });
  return [
    textSeed("config.json", config, readConfig),
    ...names.map((path) => textSeed(basename(path), readFileSync(path, "utf8"), readSimulatedSetPlan)),
  ];
}

function packSeed(): Promise<Seed[]> {
  return inFolder(async (folder) => {
    const path = join(folder, "pack.tar.gz");
    await writePack(path, wholeContent("1.0.0"));
    return [
      {
        name: "pack.tar.gz",
        files: contentOf(path),
        read: async (at) => void (await readArchive(join(at, "pack.tar.gz"))),
      },
    ];
  });
}

async function hdf5Seeds(): Promise<Seed[]> {
  const sets = filesWith(dataPath("dataset"), ".h5", 44_000).map((path): Seed => {
    const name = basename(path);
    return { name, files: contentOf(path), read: (folder) => readSamples(join(folder, name)) };
  });
  const table = dataPath("tables", "locs.hdf5");
  return [
    ...sets,
    ...["camera", "mask", "scaled", "signed"].map((array) =>
      stackSeed(dataPath("frames", "arrays", "frames.h5"), `:raw/${array}`),
    ),
    ...["float16", "int32", "packed", "uint64"].map((array) =>
      stackSeed(join(FORMATS, "arrays.h5"), `:${array}`),
    ),
    {
      name: "locs.hdf5",
      files: contentOf(table),
      read: async (folder) =>
        void (await readTruth(join(folder, "locs.hdf5"), { frames: 3, width: 20, height: 10 }, { sigma: 1 })),
    },
    ...(await checkpointSeed()),
  ];
}

async function readSamples(path: string): Promise<void> {
  const reader = await SampleReader.open(path);
  try {
    await reader.check();
    reader.read(0, Math.min(reader.info.samples, FRAMES));
  } finally {
    reader.close();
  }
}

function checkpointSeed(): Promise<Seed[]> {
  return inFolder(async (folder) => {
    const numbers = new Float32Array(12);
    await writeCheckpoint(folder, {
      settings: TRAINING_DEFAULTS as Parameters<typeof writeCheckpoint>[1]["settings"],
      fingerprint: "0".repeat(64),
      position: { stage: 0, epoch: 1, batch: 2, lossSum: 3, steps: 4, bestLoss: 5, epochsSinceBest: 0 },
      history: [],
      weights: new Map([["layer/kernel", { data: numbers, shape: [3, 4] }]]),
      state: { parameters: numbers, mean: numbers, square: numbers },
      best: numbers,
    });
    return [
      {
        name: "checkpoint.h5",
        files: contentOf(join(folder, "checkpoint.h5")),
        read: async (at) => void (await readCheckpoint(at)),
      },
    ];
  });
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "defcon-fiji-fuzz-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The original's configuration, with all its keys. */
const CONFIG = `[General]
ModelName = my_model.h5
TrainingSetPath = data/set.h5
OutputDir = out
WeightDir = out/weights

[SegNet]
BatchSize = 16
NumEpochs = 3
ValidationSplit = 0.2
AdamLR = 0.002

[DensityNet]
LambdaFactor = 0.05
BatchSize = 8
NumEpochs = 4
ValidationSplit = 0.25
AdamLR = 1e-4
`;
