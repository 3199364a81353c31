import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DefconError } from "../../src/base/errors.js";
import { readConfigFile } from "../../src/train/config-file.js";
import { temporaryFolder } from "../support/temporary.js";

const ORIGINAL = `[General]
ModelName = my_model.h5
TrainingSetPath = data/set.h5
OutputDir = out
WeightDir = out/weights

; the two networks
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

test("the original's file is read as it is, paths from where it lies", async (context) => {
  const folder = temporaryFolder(context);
  const path = join(folder, "config.ini");
  writeFileSync(path, ORIGINAL);
  const { settings, ignored } = await readConfigFile(path);
  assert.deepEqual(ignored, []);
  assert.equal(settings.name, "my_model");
  assert.equal(settings.set, join(folder, "data", "set.h5"));
  assert.equal(settings.output, join(folder, "out"));
  assert.equal(settings.checkpoints, join(folder, "out", "weights"));
  assert.deepEqual(settings.segmentation, {
    batchSize: 16,
    epochs: 3,
    validationSplit: 0.2,
    learningRate: 0.002,
  });
  assert.deepEqual(settings.density, {
    batchSize: 8,
    epochs: 4,
    validationSplit: 0.25,
    learningRate: 1e-4,
    loss: "pixel_count",
    lambda: 0.05,
  });
});

test("what is left out has the original's values, keys may be written in any case, others are told", async (context) => {
  const path = join(temporaryFolder(context), "config.ini");
  writeFileSync(
    path,
    "[general]\ntrainingsetpath=set.h5\n[SegNet]\nbatchsize=4\nColour = blue\n[Other]\nkey=1\n",
  );
  const { settings, ignored } = await readConfigFile(path);
  assert.deepEqual(
    [settings.segmentation.batchSize, settings.density.batchSize, settings.density.epochs, settings.patience],
    [4, 32, 15, 1],
  );
  assert.deepEqual(
    [settings.seed, settings.density.lambda, settings.density.learningRate],
    [42, 0.01, 0.001],
  );
  assert.deepEqual(ignored, ["[segnet] colour", "[other] key"]);
});

test("keys and values may be parted by colons, as Python reads them; paths of Windows stay whole", async (context) => {
  const path = join(temporaryFolder(context), "config.ini");
  writeFileSync(path, "[General]\nTrainingSetPath: set.h5\nModelName = C:odd\n[SegNet]\nBatchSize: 4 \n");
  const { settings, ignored } = await readConfigFile(path);
  assert.deepEqual([settings.segmentation.batchSize, settings.name, ignored], [4, "C:odd", []]);
});

for (const [title, from, to, wanted] of [
  [
    "a text for a number",
    "BatchSize = 16",
    "BatchSize = many",
    /config\.ini.*\[segnet\] batchsize.*whole number.*many/,
  ],
  [
    "a share above 1",
    "ValidationSplit = 0.25",
    "ValidationSplit = 25",
    /\[densitynet\] validationsplit.*between 0 and 1.*25/,
  ],
  ["nothing for a number", "AdamLR = 0.002", "AdamLR =", /\[segnet\] adamlr.*above 0.*nothing/],
  ["no training set", "TrainingSetPath = data/set.h5", "", /TrainingSetPath.*path of a training set.*none/],
] as const) {
  test(`${title} is named with its file, section and key`, async (context) => {
    const path = join(temporaryFolder(context), "config.ini");
    writeFileSync(path, ORIGINAL.replace(from, to));
    await assert.rejects(
      () => readConfigFile(path),
      (error: unknown) =>
        error instanceof DefconError && error.code === "TRAINING_CONFIG" && wanted.test(error.message),
    );
  });
}

test("byte order marks and UTF-16 do not matter", async (context) => {
  const folder = temporaryFolder(context);
  const path = join(folder, "config.ini");
  writeFileSync(path, ORIGINAL);
  const { settings } = await readConfigFile(path);
  const utf16 = Buffer.from(ORIGINAL, "utf16le");
  const mark = Buffer.from([0xff, 0xfe]);
  for (const bytes of [
    Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(ORIGINAL)]),
    Buffer.concat([mark, utf16]),
    Buffer.concat([mark, utf16]).swap16(),
    utf16,
  ]) {
    writeFileSync(path, bytes);
    assert.deepEqual((await readConfigFile(path)).settings, settings);
  }
});

for (const [title, from, to, wanted] of [
  [
    "a misspelt key",
    "NumEpochs = 3",
    "NumEpoch = 3",
    /\[SegNet\].*NumEpochs.*found numepoch\. Write NumEpochs/,
  ],
  [
    "a misspelt path of the set",
    "TrainingSetPath",
    "TraningSetPath",
    /\[General\].*found traningsetpath\. Write TrainingSetPath/,
  ],
  ["a misspelt section", "[DensityNet]", "[DensitiNet]", /sections.*found densitinet\. Write DensityNet/],
  ["an empty name", "ModelName = my_model.h5", "ModelName =", /\[General\] ModelName.*found nothing/],
  ["a name without a value", "ModelName = my_model.h5", "ModelName", /\[General\] ModelName.*found nothing/],
  ["a name that is an ending", "my_model.h5", ".h5", /\[General\] ModelName.*found \.h5/],
  ["a name with a folder", "my_model.h5", "a/my_model.h5", /without its folder, found a\/my_model\.h5/],
] as const) {
  test(`${title} is refused, and what is meant is named`, async (context) => {
    const path = join(temporaryFolder(context), "config.ini");
    writeFileSync(path, ORIGINAL.replace(from, to));
    await assert.rejects(readConfigFile(path), { code: "TRAINING_CONFIG", message: wanted });
  });
}

test("keys that are left out are told with their values", async (context) => {
  const path = join(temporaryFolder(context), "config.ini");
  writeFileSync(path, ORIGINAL.replace("NumEpochs = 3\n", "").replace("LambdaFactor = 0.05\n", ""));
  const { leftOut } = await readConfigFile(path);
  assert.deepEqual(leftOut, ["[SegNet] NumEpochs = 15", "[DensityNet] LambdaFactor = 0.01"]);
});

test("a file that is not there is named", async () => {
  await assert.rejects(
    () => readConfigFile("/nowhere/config.ini"),
    (error: unknown) => error instanceof DefconError && error.code === "INPUT_NOT_FOUND",
  );
});
