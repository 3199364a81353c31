import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { packageRoot } from "../src/base/home.js";
import * as client from "../src/client.js";
import { DaemonClient, DefconError } from "../src/client.js";
import * as library from "../src/index.js";
import { temporaryFolder } from "./support/temporary.js";

const PAGES = join(packageRoot, "docs", "api");

test("docs/api, with the report that pins every exported name and its type, is what npm run api-pages writes", async (t) => {
  const folder = temporaryFolder(t);
  const script = join(packageRoot, "scripts", "api-pages.mjs");
  await promisify(execFile)(process.execPath, [script, folder]);
  assert.deepEqual(readdirSync(folder).sort(), readdirSync(PAGES).sort());
  for (const name of readdirSync(folder)) {
    assert.equal(
      readFileSync(join(PAGES, name), "utf8"),
      readFileSync(join(folder, name), "utf8"),
      `${name}: run npm run api-pages, and see whether the change of the library is meant`,
    );
  }
});

test("npm run api-pages replaces its own pages, and leaves a folder with anything else as it is", async (t) => {
  const folder = temporaryFolder(t);
  const script = join(packageRoot, "scripts", "api-pages.mjs");
  const run = () => promisify(execFile)(process.execPath, [script, folder]);
  writeFileSync(join(folder, "notes.md"), "mine");
  await assert.rejects(run(), { code: 1, stderr: /expected an empty folder.*found notes\.md/ });
  assert.deepEqual(readdirSync(folder), ["notes.md"]);
  rmSync(join(folder, "notes.md"));
  cpSync(PAGES, folder, { recursive: true });
  cpSync(join(PAGES, "FCN.md"), join(folder, "Gone.md"));
  await run();
  assert.deepEqual(readdirSync(folder).sort(), readdirSync(PAGES).sort());
});

test("what the library gives at run time is what it says; the client is a part of it", () => {
  assert.deepEqual(Object.keys(library).sort(), [
    "Controller",
    "DaemonClient",
    "DaemonError",
    "DatasetError",
    "DefconError",
    "ERROR_CODES",
    "EngineError",
    "FCN",
    "FijiError",
    "InputError",
    "MODEL_FORMATS",
    "MaxCountFCN",
    "ModelFormatError",
    "ProtocolError",
    "SIMULATED_TRAINING_DEFAULTS",
    "SIMULATION_DEFAULTS",
    "SIMULATION_FILES",
    "SIMULATION_PRESETS",
    "SIMULATION_SEED",
    "TRAINING_DEFAULTS",
    "TrainingError",
    "TrainingSet",
    "VERSION",
    "compactSet",
    "doctor",
    "evaluate",
    "installFiji",
    "openStack",
    "readingOf",
    "simulate",
    "simulateInto",
    "train",
  ]);
  for (const [name, value] of Object.entries(client)) {
    assert.equal((library as Record<string, unknown>)[name], value, name);
  }
  assert.equal(library.DaemonClient, DaemonClient);
  assert.ok(library.InputError.prototype instanceof DefconError);
});
