import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  compactSet,
  DaemonClient,
  DefconError,
  doctor,
  evaluate,
  FCN,
  installFiji,
  openStack,
  simulate,
  simulateInto,
  TrainingSet,
  train,
} from "../../src/index.js";
import { oracleStacks, RANDOM_MODEL } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

let model: FCN;
before(async () => {
  model = await FCN.fromFile(RANDOM_MODEL);
});
after(() => model.close());

const stack = oracleStacks().find(({ pixelType }) => pixelType === "uint16")!;
const pixels = Uint16Array.from({ length: 64 }, (_, i) => i);
const array = { shape: [8, 8], data: pixels };
const frame = { width: 8, height: 8, pixels };

/** What a program in JavaScript may pass; the types forbid it. */
// biome-ignore lint/suspicious/noExplicitAny: the values are wrong on purpose
type Wrong = any;

/** Checks that each call is refused with an error of this program that has all the words. */
async function refused(calls: [call: () => unknown, ...words: string[]][]): Promise<void> {
  for (const [call, ...words] of calls) {
    await assert.rejects(
      async () => call(),
      (error) => {
        assert.ok(error instanceof DefconError, `${call}: ${error}`);
        for (const word of words) assert.ok(error.message.includes(word), `${error.message}: ${word}`);
        return true;
      },
      String(call),
    );
  }
}

test("a source that is no frames is refused, with what it is", async () => {
  const predict = (source: Wrong) => () => model.predict(source);
  await refused([
    [predict(undefined), "frames: expected a path, an array", "found nothing"],
    [predict(null), "found null"],
    [predict(5), "found 5"],
    [predict(""), 'found ""'],
    [predict(pixels), "found a Uint16Array", "needs its shape"],
    [predict([1, 2]), "frame 1", "{ width, height, pixels }", "found 1"],
    [predict([[1], [2]]), "frame 1", "found a list of 1"],
    [predict({}), "found an object with nothing in it"],
    [predict(Promise.resolve(array)), "found a Promise"],
    [predict({ data: pixels }), "array, shape", "found nothing"],
    [predict({ shape: "8,8", data: pixels }), "array, shape", '"8,8"'],
    [predict({ shape: ["8", "8"], data: pixels }), 'found ("8", "8")'],
    [predict({ shape: [Number.NaN, 8], data: pixels }), "(NaN, 8)"],
    [predict({ shape: [-8, -8], data: pixels }), "(-8, -8)"],
    [predict({ shape: [8.5, 8], data: pixels }), "(8.5, 8)"],
    [predict({ shape: [0, 8, 8], data: new Uint16Array() }), "(0, 8, 8)"],
    [predict({ shape: [1e300, 8, 8], data: pixels }), "(1e+300, 8, 8)"],
    [predict({ shape: [1e6, 1e6], data: pixels }), "(1000000, 1000000)"],
    [predict({ shape: [2, 8, 8], data: pixels }), "128 values", "found 64"],
    [predict({ shape: [8, 8] }), "array, data", "found nothing"],
    [predict({ shape: [8, 8], data: [...pixels] }), "array, data", "found a list of 64"],
    [predict({ shape: [8, 8], data: pixels.buffer }), "array, data", "found a ArrayBuffer"],
    [predict([{ ...frame, pixels: undefined }]), "frame 1", "found an object with width, height, pixels"],
    [predict([frame, { ...frame, pixels: pixels.slice(1) }]), "frame 2", "64 pixels", "found 63"],
    [predict([{ ...frame, width: "8" }]), "frame 1, width", 'found "8"'],
    [predict([{ ...frame, height: Number.NaN }]), "frame 1, height", "found NaN"],
    [predict([{ ...frame, width: 1e6 }]), "frame 1, width", "from 1 to 65536"],
    [() => model.predictTiff(undefined as Wrong), "path: expected a path, found nothing"],
    [() => model.predictTiff(stack.path, { index: "0" as Wrong }), "option index", 'found "0"'],
    [() => model.predictSet(7 as Wrong), "source: expected a path, found 7"],
  ]);
});

test("an option of another type, out of its range, or of an unknown name is refused", async () => {
  const predict = (options: Wrong) => () => model.predict(array, options);
  const set = { set: "set.h5", output: "out" };
  const training = (settings: Wrong) => () => train({ ...set, ...settings });
  const set5 = { frames: 5, width: 8, height: 8 };
  await refused([
    [
      predict(null),
      "options: expected an object with density, pool, channel, salvage, replaceInvalid, signal, onProgress",
      "found null",
    ],
    [predict({ pool: "7" }), 'option pool: expected a whole number of at least 1, found "7"'],
    [predict({ pool: 0 }), "option pool"],
    [predict({ density: "no" }), "option density: expected true or false"],
    [predict({ signal: {} }), "option signal: expected an AbortSignal"],
    [predict({ onProgress: 5 }), "option onProgress: expected a function, found 5"],
    [predict({ pools: 3 }), "option pools: expected one of density, pool"],
    [() => FCN.fromFile(5 as Wrong), "model", "found 5"],
    [() => FCN.fromFile("defcon", { engine: "cuda" as Wrong }), "option engine", "onnxruntime, tensorflow"],
    [() => model.densityToMaxCount({ strides: 0 }), "option strides"],
    [() => model.saveTfModel("out", { division: 0 }), "option division: expected a number above 0"],
    [() => model.saveTfModel("out", { division: "5" as Wrong }), 'found "5"'],
    [() => model.save(undefined as Wrong), "path: expected a path"],
    [() => model.save("out", "pickle"), "format: expected one of", "onnx", 'found "pickle"'],
    [() => evaluate("defcon" as Wrong, "data"), "models: expected a list of at least 1 of names"],
    [() => evaluate([], "data"), "models"],
    [() => evaluate(["defcon"], undefined as Wrong), "data: expected a path"],
    [() => evaluate(["defcon"], "data", { worst: 1.5 }), "option worst"],
    [() => evaluate(["defcon"], "data", { channel: 0 }), "option channel", "found 0"],
    [predict({ replaceInvalid: "mean" }), "option replaceInvalid: expected one of median", 'found "mean"'],
    [() => evaluate(["defcon"], "data", { threshold: Number.NaN }), "option threshold"],
    [() => evaluate(["defcon"], "data", { truthFormat: "x" as Wrong }), "option truthFormat"],
    [training({ epochs: 2 }), "training, epochs: expected one of set, output", "found another name"],
    [training({ order: "x" }), "training, order: expected one of stages, both, end-to-end"],
    [training({ segmentation: { epochs: "2" } }), "training, segmentation.epochs", 'found "2"'],
    [training({ density: 5 }), "training, density: expected an object, found 5"],
    [training({ simulate: true }), "training, simulate: expected an object"],
    [training({ simulate: { samples: 5, minutes: 1 } }), "samples or minutes, found both"],
    [training({ freeze: "conv" }), "training, freeze: expected a list of names of layers"],
    [training({ name: "a/b" }), "training, name: expected the name of a file without its folder"],
    [training({ engine: "x" }), "training, engine"],
    [() => train({ output: "out" } as Wrong), "training, set: expected a path, found nothing"],
    [() => train(undefined as Wrong), "options: expected an object with set, output"],
    [() => train(set, { signal: "x" as Wrong }), "option signal"],
    [() => simulate(null as Wrong), "settings: expected an object"],
    [() => simulate(set5, { seed: 1.5 }), "option seed"],
    [() => simulate(set5, { positions: [1] as Wrong }), "option positions: expected a list of places"],
    [() => simulate(set5, { positions: [[1, 2, 0]] }), 'the structure "positions"', 'found "uniform"'],
    [() => simulateInto(5 as Wrong), "folder: expected a path"],
    [() => installFiji({ models: "defcon" as Wrong }), "option models: expected a list of names"],
    [() => doctor({ signal: "x" as Wrong }), "option signal"],
    [() => openStack(undefined as Wrong), "found nothing"],
    [() => DaemonClient.connect({ url: "nonsense" }), "option url", 'found "nonsense"'],
  ]);
  assert.ok(!existsSync("out"));
});

test("wrong calls on a training set leave it as it was", async (t) => {
  const folder = temporaryFolder(t);
  const data = join(folder, "data");
  await simulateInto(data, { frames: 4, width: 16, height: 16 });
  const dataset = {
    name: "a",
    inputFile: join(data, "frames.tif"),
    frameLogger: join(data, "ground_truth.csv"),
  };
  const path = join(folder, "set.h5");
  const set = await TrainingSet.open(path, "w");
  await set.addDataset(dataset);
  const there = readFileSync(path);
  const add = (change: Wrong) => () => set.addDataset({ ...dataset, name: "b", ...change });
  const compact = (change: Wrong) => () => compactSet(set, { outputFile: join(folder, "c.h5"), ...change });
  const notes = join(folder, "notes.txt");
  writeFileSync(notes, "mine");
  await refused([
    [add({ name: 5 }), "option name: expected a text", "found 5"],
    [add({ name: ".." }), "without slashes"],
    [add({ inputFile: undefined }), "option inputFile: expected a path, found nothing"],
    [add({ threshold: "5" }), 'option threshold: expected a number of at least 0, found "5"'],
    [add({ sigma: 0 }), "option sigma: expected a number of at least 0.5"],
    [add({ segThreshold: Number.NaN }), "option segThreshold"],
    [add({ truthFormat: "foo" }), "option truthFormat"],
    [() => set.addInput(undefined as Wrong), "options: expected an object with name, inputFile"],
    [() => set.get("input/a", { first: "0" as Wrong }), "option first", 'found "0"'],
    [compact({ augment: "yes" }), "option augment"],
    [compact({ augment: 1.5 }), "option augment"],
    [compact({ augment: 1e9 }), "at most 100000000 samples"],
    [compact({ seed: "x" }), "option seed"],
    [() => compactSet(set, undefined as Wrong), "options: expected an object with outputFile"],
    [() => compactSet(5 as Wrong, { outputFile: "c.h5" }), "set: expected a TrainingSet or a path"],
    [() => TrainingSet.open(path, "x" as Wrong), "mode: expected one of r, w, a"],
    [() => TrainingSet.open(notes, "w"), "notes.txt"],
  ]);
  assert.deepEqual(readFileSync(path), there);
  assert.equal(readFileSync(notes, "utf8"), "mine");
  assert.ok(!existsSync(join(folder, "c.h5")));
});

test("additions to a set at the same time are made one after the other", async (t) => {
  const folder = temporaryFolder(t);
  await simulateInto(join(folder, "data"), { frames: 4, width: 16, height: 16 });
  const inputFile = join(folder, "data", "frames.tif");
  const set = await TrainingSet.open(join(folder, "set.h5"), "w");
  const names = ["a", "b", "c"];
  const adding = names.map((name) => set.addInput({ name, inputFile }));
  const failing = assert.rejects(set.addInput({ name: "d", inputFile: join(folder, "none.tif") }));
  await Promise.all([...adding, set.addInput({ name: "e", inputFile }), failing]);
  assert.deepEqual(await set.lengths(), [4, 4, 4, 4]);
  await set.close();
  await refused([[() => compactSet(set, { outputFile: join(folder, "c.h5") }), "closed"]]);
});

test("what a program's own function throws comes back as it is, and the work ends", async (t) => {
  const folder = temporaryFolder(t);
  const mine = new Error("mine");
  const onProgress = () => {
    throw mine;
  };
  const isMine = (error: unknown) => error === mine;
  await assert.rejects(model.predict(array, { onProgress }), isMine);
  const data = join(folder, "data");
  await assert.rejects(simulateInto(data, { frames: 4, width: 8, height: 8 }, { onProgress }), isMine);
  assert.ok(!existsSync(data));
  await simulateInto(data, { frames: 20, width: 16, height: 16 });
  const path = join(folder, "set.h5");
  const set = await TrainingSet.open(path, "w");
  const [inputFile, frameLogger] = [join(data, "frames.tif"), join(data, "ground_truth.csv")];
  await assert.rejects(set.addDataset({ name: "a", inputFile, frameLogger, onProgress }), isMine);
  assert.deepEqual(await set.arrays(), []);
  await set.addDataset({ name: "a", inputFile, frameLogger });
  const settings = { set: path, output: join(folder, "trained"), architecture: "defcon-fast" };
  await assert.rejects(train({ ...settings, density: { batchSize: 4 } }, { onProgress }), isMine);
  await assert.rejects(evaluate([RANDOM_MODEL], data, { onProgress }), isMine);
});
