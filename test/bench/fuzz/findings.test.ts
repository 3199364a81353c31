import assert from "node:assert/strict";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../../src/base/home.js";
import { SampleReader } from "../../../src/dataset/training-set.js";
import { readTruth } from "../../../src/dataset/truth/truth-table.js";
import { readModel } from "../../../src/formats/registry.js";
import { openStack } from "../../../src/frames/open-stack.js";
import { readConfigFile } from "../../../src/train/config-file.js";

/** Files that fuzzing has found the program to be wrong about, and what is right. */
const place = (...parts: string[]) => join(packageRoot, "test", "data", "fuzz", ...parts);
const STACK = { frames: 3, width: 20, height: 10 };

test("a table whose head has an open quote is told to be no table", async () => {
  await assert.rejects(readTruth(place("csv", "open-quote.csv"), STACK, { sigma: 1 }), {
    code: "DATASET_TRUTH",
    message: /open-quote\.csv: expected a table of comma-separated values, found Quote Not Closed/,
  });
});

test("a configuration with a section inside another lacks its settings", async () => {
  await assert.rejects(readConfigFile(place("ini", "nested.ini")), { code: "TRAINING_CONFIG" });
});

test("a strip of a fraction of a byte is told to have no place", async () => {
  const path = place("tif", "fraction-of-a-byte.tif");
  const refused = {
    code: "INPUT_FORMAT",
    message: /strip 1: expected the place of its pixels, found offset/,
  };
  await assert.rejects(async () => {
    const stack = await openStack(path);
    await stack.read(0).finally(() => stack.close());
  }, refused);
});

test("damaged tables of HDF5 files are told by the file's name", async () => {
  for (const name of ["half.h5", "odd_size.h5"]) {
    await assert.rejects(SampleReader.open(place("set", name)), {
      code: "DATASET_FORMAT",
      message: new RegExp(`${name}: expected .*, found `),
    });
  }
  await assert.rejects(readTruth(place("table", "locs.hdf5"), STACK, { sigma: 1 }), {
    name: "DatasetError",
    message: /locs\.hdf5: expected .*, found /,
  });
});

test("a model that HDF5's library never ends to read is refused, again and again, and is not kept open", async () => {
  const path = place("model", "endless.h5");
  for (let times = 0; times < 2; times++) {
    await assert.rejects(readModel(path), {
      code: "MODEL_FORMAT",
      message: /endless\.h5: expected a readable HDF5 file, found no end after 20 s/,
    });
  }
  if (!existsSync("/proc/self/fd")) return;
  const links = readdirSync("/proc/self/fd").map((fd) => {
    const link = join("/proc/self/fd", fd);
    return existsSync(link) ? readlinkSync(link) : "";
  });
  assert.ok(!links.includes(path));
});
