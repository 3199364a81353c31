/**
 * The original's guide, step by step: make a training set, train, count, write models for the plugin.
 *
 * Usage: node guide.js [FOLDER] [FRAMES]
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compactSet, FCN, SIMULATION_FILES, simulateInto, TrainingSet, train } from "defcon-fiji";

const folder = process.argv[2] ?? "example";
const frames = Number(process.argv[3] ?? 1500);
const at = (...parts: string[]) => join(folder, ...parts);

// Frames and the tables of their emitters. Those of SASS do as well.
await simulateInto(at("data_1"), { frames, width: 64, height: 64, density: 0.2 }, { seed: 1 });
await simulateInto(at("data_2"), { frames, width: 64, height: 64, density: 0.8 }, { seed: 2 });

// A training set, empty at first.
await mkdir(at("training"), { recursive: true });
const path = at("training", "my_training_set.h5");
const mySet = await TrainingSet.open(path, "w");
await mySet.summary();

await mySet.addDataset({
  name: "first_dataset",
  inputFile: at("data_1", SIMULATION_FILES.frames),
  frameLogger: at("data_1", SIMULATION_FILES.truth),
});
await mySet.summary();

await mySet.addDataset({
  name: "second_dataset",
  inputFile: at("data_2", SIMULATION_FILES.frames),
  frameLogger: at("data_2", SIMULATION_FILES.truth),
});
await mySet.summary();

// All samples in one order, shuffled and changed at random, as trainings read them best.
const compactPath = at("training", "my_compact_set.h5");
await compactSet(mySet, { outputFile: compactPath, shuffle: true, augment: true });
await mySet.close();
await (await TrainingSet.open(compactPath)).summary();

// Training, by the original's configuration file. Its paths are relative to the file.
const config = at("training", "config.ini");
await writeFile(
  config,
  `[General]
ModelName = my_trained_model.h5
TrainingSetPath = ./my_compact_set.h5
OutputDir = trained_models/
WeightDir = weights/

[SegNet]
BatchSize = 64
NumEpochs = 1
ValidationSplit = 0.1
AdamLR = 0.001

[DensityNet]
LambdaFactor = 0.01
BatchSize = 64
NumEpochs = 1
ValidationSplit = 0.1
AdamLR = 0.001
`,
);
const trained = await train(config, {
  onProgress: (event) => {
    if (event.event === "epoch") console.log(`${event.record.stage}: loss ${event.record.validationLoss}`);
  },
});

// Density maps of an array, and of a stack.
const model = await FCN.fromFile(trained.model);
const { shape, data } = await (await TrainingSet.open(path)).get("input/first_dataset");
const ofArray = await model.predict({ shape, data });
const ofStack = await model.predictTiff(at("data_1", SIMULATION_FILES.frames));
console.log(`maps of the array: (${ofArray.shape.join(", ")}), of the stack: (${ofStack.shape.join(", ")})`);
console.log(`emitters in the first frame: ${ofStack.counts[0]?.toFixed(2)}`);

// Models for the plugin: density maps, and max local counts over squares of 7 x 7 pixels.
model.summary();
await model.saveTfModel(at("serving", "tf_density_count"));
const maxCount = model.densityToMaxCount({ pool: 7 });
maxCount.summary();
await maxCount.saveTfModel(at("serving", "tf_max_count"));
await model.close();
