import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import { readModel } from "../../src/formats/registry.js";
import { ModelLibrary } from "../../src/library/model-library.js";
import { findModel } from "../../src/library/named-models.js";
import { temporaryHome } from "../support/daemon.js";
import { RANDOM_MODEL } from "../support/oracle.js";

const SAVED_MODEL = join(packageRoot, "test", "data", "model", "saved_model");

function library(t: TestContext, given: string[] = []) {
  const home = temporaryHome(t);
  return { home, models: join(home, "models"), library: new ModelLibrary(given) };
}

async function names(library: ModelLibrary): Promise<string[]> {
  return (await library.list()).map(({ name, origin }) => `${name} ${origin}`);
}

test("a model of another format becomes a native one of the same weights, found by its name", async (t) => {
  const { library: own, models } = library(t);
  const installed = await own.install(RANDOM_MODEL, { name: "mine" });
  assert.deepEqual(installed, { name: "mine", path: join(models, "mine.onnx"), origin: "installed" });
  const [source, copy] = [await readModel(RANDOM_MODEL), await readModel((await findModel("mine", [])).path)];
  assert.deepEqual(copy.weights, source.weights);
  assert.deepEqual(await names(own), ["defcon shipped", "mine installed", "defcon-fast shipped"]);
});

test("without a name it is called as its file", async (t) => {
  assert.equal((await library(t).library.install(RANDOM_MODEL, {})).name, "random_defcon");
});

test("a damaged file, or one that is no model, leaves nothing behind and takes nothing's place", async (t) => {
  const { library: own, home, models } = library(t);
  await own.install(RANDOM_MODEL, { name: "mine" });
  const before = readFileSync(join(models, "mine.onnx"));
  const damaged = Buffer.from(before);
  damaged[damaged.length - 2000]! ^= 0xff;
  for (const [file, bytes] of [
    ["damaged.onnx", damaged],
    ["cut.onnx", before.subarray(0, 1000)],
    ["no.h5", Buffer.from("no model")],
  ] as const) {
    writeFileSync(join(home, file), bytes);
    await assert.rejects(own.install(join(home, file), { name: "mine", replace: true }), {
      code: "MODEL_FORMAT",
    });
  }
  await assert.rejects(own.install(join(home, "none.h5"), { name: "other" }), { code: "INPUT_NOT_FOUND" });
  assert.deepEqual(readdirSync(models), ["mine.onnx"]);
  assert.deepEqual(readFileSync(join(models, "mine.onnx")), before);
});

test("a name that is another one's, shipped or given, in any case, is refused; the user's own only gives way when asked", async (t) => {
  const { library: own } = library(t, [RANDOM_MODEL]);
  for (const name of ["defcon", "DEFCON", "defcon-fast", "random_defcon"]) {
    await assert.rejects(own.install(RANDOM_MODEL, { name, replace: true }), { code: "MODEL_NAME" }, name);
  }
  await own.install(RANDOM_MODEL, { name: "mine" });
  await assert.rejects(own.install(RANDOM_MODEL, { name: "Mine" }), {
    code: "MODEL_NAME",
    message: /found mine, a model that you have installed. .*--replace/,
  });
  await own.install(RANDOM_MODEL, { name: "mine", replace: true });
});

test("a name that leads to another folder, or that no file can have, is refused", async (t) => {
  const { library: own, home } = library(t);
  for (const name of ["../up", "a/b", "a\\b", "..", "", ".hidden", "nul", "a\0b", "end."]) {
    await assert.rejects(own.install(RANDOM_MODEL, { name }), { code: "MODEL_NAME" }, JSON.stringify(name));
  }
  assert.deepEqual(readdirSync(home), []);
});

test("what replaces a model of another format is what the name then stands for", async (t) => {
  const { library: own, models } = library(t);
  mkdirSync(models);
  writeFileSync(join(models, "mine.h5"), readFileSync(RANDOM_MODEL));
  await own.install(join(packageRoot, "models", "defcon-fast.onnx"), { name: "mine", replace: true });
  assert.deepEqual(readdirSync(models).sort(), ["mine.md", "mine.onnx"]);
  assert.equal((await readModel((await findModel("mine", [])).path)).architecture.name, "defcon-fast");
});

test("the default that was chosen lasts, before the program's own, and goes with its model", async (t) => {
  const { library: own, home } = library(t);
  await own.install(RANDOM_MODEL, { name: "mine" });
  await own.setDefault("mine");
  assert.equal((await findModel(undefined, [])).name, "mine");
  assert.equal((await findModel(undefined, [RANDOM_MODEL])).name, "random_defcon");
  assert.deepEqual(JSON.parse(readFileSync(join(home, "settings.json"), "utf8")), { default_model: "mine" });
  await assert.rejects(own.setDefault("none"), { code: "MODEL_NOT_FOUND" });
  await assert.rejects(own.setDefault(RANDOM_MODEL), { code: "MODEL_NOT_FOUND" });
  await own.remove("mine");
  assert.equal((await findModel(undefined, [])).name, "defcon");
  assert.deepEqual(JSON.parse(readFileSync(join(home, "settings.json"), "utf8")), {});
});

test("other settings in the user's file stay; one that is damaged is named", async (t) => {
  const { library: own, home } = library(t);
  writeFileSync(join(home, "settings.json"), '{"command": "/opt/defcon-fiji"}');
  await own.setDefault("defcon-fast");
  assert.deepEqual(JSON.parse(readFileSync(join(home, "settings.json"), "utf8")), {
    command: "/opt/defcon-fiji",
    default_model: "defcon-fast",
  });
  for (const text of ["[]", "{", '{"default_model": 3}']) {
    writeFileSync(join(home, "settings.json"), text);
    await assert.rejects(own.list(), { code: "INPUT_FORMAT", message: /settings\.json.*delete it/ }, text);
  }
});

test("only the user's own models can be removed, with what lies beside them", async (t) => {
  const { library: own, models } = library(t, [RANDOM_MODEL]);
  await own.install(join(packageRoot, "models", "defcon.onnx"), { name: "copy" });
  assert.deepEqual(readdirSync(models).sort(), ["copy.md", "copy.onnx"]);
  for (const name of ["defcon", "random_defcon"]) {
    await assert.rejects(own.remove(name), { code: "MODEL_FIXED" }, name);
  }
  await assert.rejects(own.remove("../copy"), { code: "MODEL_NOT_FOUND" });
  await own.remove("copy");
  assert.deepEqual(readdirSync(models), []);
});

test("a card and a picture beside a model come along; one without has a card of what its file says", async (t) => {
  const { library: own, home } = library(t);
  const shipped = await own.card("defcon");
  assert.equal(shipped.card, readFileSync(join(packageRoot, "models", "defcon.md"), "utf8"));
  assert.equal(shipped.picture.length, 0);
  for (const ending of ["h5", "md", "png"]) {
    writeFileSync(join(home, `a.${ending}`), ending === "h5" ? readFileSync(RANDOM_MODEL) : ending);
  }
  await own.install(join(home, "a.h5"), {});
  const installed = await own.card("a");
  assert.equal(installed.card, "md");
  assert.equal(Buffer.from(installed.picture).toString(), "png");
  // What replaces it has neither.
  await own.install(RANDOM_MODEL, { name: "a", replace: true });
  const made = await own.card("a");
  assert.match(made.card, /^# a\n[\s\S]*\| parameters \| 112912 \|\n[\s\S]*\| keras_version \| 2\.0\.8 \|/);
  assert.equal(made.picture.length, 0);
});

test("folders that are models can be installed", async (t) => {
  const { library: own } = library(t);
  const { path } = await own.install(SAVED_MODEL, { name: "saved" });
  assert.equal((await readModel(path)).architecture.name, "defcon");
});

test("a name that shows as another, or that no file can have, is refused everywhere, and nothing is removed", async (t) => {
  const { library: own, models } = library(t);
  await own.install(RANDOM_MODEL, { name: "mine" });
  await own.setDefault("mine");
  const hidden = [
    "mi\u202ene",
    "a\u2066b",
    "a\u200bb",
    "a\u0007b",
    "a\u009b31mb",
    "a\nb",
    "a\u2028b",
    "\ud800",
    "\ufeffa",
  ];
  for (const name of [...hidden, "", ".", "a/b", "con", "x".repeat(201), "\u00e9".repeat(101)]) {
    const expected = { code: "MODEL_NAME" };
    if (name) await assert.rejects(own.install(RANDOM_MODEL, { name }), expected, JSON.stringify(name));
    await assert.rejects(own.install(RANDOM_MODEL, { name, replace: true }), expected, JSON.stringify(name));
    for (const action of ["remove", "setDefault", "card"] as const) {
      await assert.rejects(own[action](name), { code: "MODEL_NOT_FOUND" }, JSON.stringify(name));
    }
  }
  assert.deepEqual(readdirSync(models), ["mine.onnx"]);
  assert.equal((await own.list())[0]!.name, "mine");
});

test("a file whose name hides something is not offered by name", async (t) => {
  const { library: own, models } = library(t);
  await own.install(RANDOM_MODEL, { name: "mine" });
  for (const name of ["gnp.\u202eonnx.onnx", "x\u001b[2Jy.onnx"]) {
    writeFileSync(join(models, name), readFileSync(join(models, "mine.onnx")));
  }
  assert.deepEqual(await names(own), ["defcon shipped", "mine installed", "defcon-fast shipped"]);
  const [given] = await new ModelLibrary([join(models, "x\u001b[2Jy.onnx")]).list();
  assert.equal(given!.name, "x\ufffd[2Jy");
});
