import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { manifestOf } from "../../src/fiji/content.js";
import { encodeManifest, readManifest } from "../../src/fiji/manifest.js";
import {
  contentOf,
  fakePluginJar,
  lay,
  leftOvers,
  makeFiji,
  putFile,
  snapshot,
  takeOut,
  wholeContent,
  zip,
} from "../support/fiji.js";
import { temporaryFolder } from "../support/temporary.js";

const MANIFEST = "plugins/DEFCoN/manifest.json";
const DENSITY = "plugins/DEFCoN/tf_density_count";

/** Paths that are in one snapshot and not, or otherwise, in another. */
function difference(before: Record<string, string>, after: Record<string, string>): string[] {
  const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...paths].filter((path) => before[path] !== after[path]).sort();
}

test("lays the files at their places, lists them, and takes them out without a trace", async (t) => {
  const root = makeFiji(temporaryFolder(t));
  const before = snapshot(root);
  const content = wholeContent("1.0.0");
  await lay(root, content);
  const added = difference(before, snapshot(root)).filter((path) => snapshot(root)[path] !== "folder");
  assert.deepEqual(added, [...content.files.keys(), MANIFEST].sort());
  assert.deepEqual(readManifest(root), manifestOf(content));
  await takeOut(root);
  assert.deepEqual(snapshot(root), before);
  assert.deepEqual(leftOvers(root), []);
});

test("takes out folders that it had to make, in an ImageJ that has but plugins", async (t) => {
  const root = temporaryFolder(t);
  mkdirSync(join(root, "plugins"));
  await lay(root, wholeContent("1.0.0"));
  await lay(root, wholeContent("1.1.0"));
  await takeOut(root);
  assert.deepEqual(snapshot(root), { plugins: "folder" });
});

test("replaces an older version, with models that are no longer wanted, and jars that were copied by hand", async (t) => {
  const root = makeFiji(temporaryFolder(t));
  await lay(root, wholeContent("1.0.0", ["cells", "beads"]));
  putFile(root, "plugins/Lab/defcon-fiji_-0.9.0.jar", fakePluginJar("0.9.0"));
  const twin = makeFiji(temporaryFolder(t));
  mkdirSync(join(twin, "plugins/Lab"));
  await lay(root, wholeContent("1.1.0"));
  await lay(twin, wholeContent("1.1.0"));
  assert.deepEqual(snapshot(root), snapshot(twin));
});

test("a file of the user's with the name of the plugin's jar gets another name, and it back", async (t) => {
  const root = makeFiji(temporaryFolder(t));
  putFile(root, "plugins/defcon-fiji_-1.0.0.jar", "no jar at all");
  const before = snapshot(root);
  await lay(root, wholeContent("1.0.0"));
  assert.equal(readFileSync(join(root, "plugins/defcon-fiji_-1.0.0.jar.kept"), "utf8"), "no jar at all");
  await takeOut(root);
  assert.deepEqual(snapshot(root), before);
});

test("models alone leave the plugin, the plugin alone leaves the models", async (t) => {
  const root = makeFiji(temporaryFolder(t));
  const whole = wholeContent("1.0.0");
  const part = (version: string, models: boolean) => {
    const content = wholeContent(version, ["beads"]);
    const files = [...content.files].filter(([path]) => /tf_|models/.test(path) === models);
    return { ...content, models: models ? content.models : [], files: new Map(files) };
  };
  await lay(root, whole);
  await lay(root, part("1.1.0", true));
  assert.ok(existsSync(join(root, "plugins/defcon-fiji_-1.0.0.jar")));
  assert.ok(!existsSync(join(root, "plugins/DEFCoN/models/cells.onnx")));
  await lay(root, part("1.2.0", false));
  assert.ok(!existsSync(join(root, "plugins/defcon-fiji_-1.0.0.jar")));
  assert.deepEqual(readManifest(root)?.models, ["beads"]);
  assert.equal(readFileSync(join(root, DENSITY, "saved_model.pb"), "utf8"), "density 1.1.0");
});

test("sets a model folder of the user's aside as a whole, and puts it back", async (t) => {
  const root = makeFiji(temporaryFolder(t));
  putFile(root, `${DENSITY}/saved_model.pb`, "the original's");
  putFile(root, `${DENSITY}/variables/variables.index`, "its weights");
  putFile(root, "plugins/DEFCoN/tf_max_count/saved_model.pbtxt", "written by hand");
  const before = snapshot(root);
  await lay(root, wholeContent("1.0.0"));
  assert.equal(readFileSync(join(root, `${DENSITY}.kept/variables/variables.index`), "utf8"), "its weights");
  assert.deepEqual(Object.keys(snapshot(join(root, DENSITY))), ["saved_model.pb"]);
  await lay(root, wholeContent("1.1.0"));
  assert.ok(!existsSync(join(root, `${DENSITY}.kept-2`)));
  await takeOut(root);
  assert.deepEqual(snapshot(root), before);
});

test("a file that the user has changed is set aside when it is replaced, and stays when all is taken out", async (t) => {
  const root = makeFiji(temporaryFolder(t));
  const macro = "macros/DEFCoN_Count_Stack.ijm";
  await lay(root, wholeContent("1.0.0"));
  putFile(root, macro, "my own version");
  putFile(root, `${DENSITY}/saved_model.pb`, "my own model");
  putFile(root, "plugins/DEFCoN/notes.txt", "mine");
  await lay(root, wholeContent("1.1.0"));
  assert.equal(readFileSync(join(root, `${macro}.kept`), "utf8"), "my own version");
  assert.equal(readFileSync(join(root, `${DENSITY}.kept`, "saved_model.pb"), "utf8"), "my own model");
  assert.equal(readFileSync(join(root, macro), "utf8"), "macro 1.1.0");
  await takeOut(root);
  const expected = makeFiji(temporaryFolder(t));
  putFile(expected, macro, "my own version");
  putFile(expected, `${DENSITY}/saved_model.pb`, "my own model");
  putFile(expected, "plugins/DEFCoN/notes.txt", "mine");
  assert.deepEqual(snapshot(root), snapshot(expected));
});

test("what was set aside stays under its new name where its own is taken again", async (t) => {
  const root = makeFiji(temporaryFolder(t));
  putFile(root, "luts/mpl-viridis.lut", "mine");
  await lay(root, wholeContent("1.0.0"));
  putFile(root, "luts/mpl-viridis.lut", "mine again");
  await takeOut(root);
  assert.equal(readFileSync(join(root, "luts/mpl-viridis.lut"), "utf8"), "mine again");
  assert.equal(readFileSync(join(root, "luts/mpl-viridis.lut.kept"), "utf8"), "mine");
});

test("takes files that are the same already for its own: a content that was copied by hand", async (t) => {
  const [root, twin] = [makeFiji(temporaryFolder(t)), makeFiji(temporaryFolder(t))];
  const content = wholeContent("1.0.0");
  for (const [path, bytes] of content.files) putFile(root, path, bytes);
  await lay(root, content);
  await lay(twin, content);
  assert.deepEqual(snapshot(root), snapshot(twin));
  putFile(twin, MANIFEST, encodeManifest(manifestOf(content)));
  assert.deepEqual(snapshot(root), snapshot(twin));
});

test("refuses beside the original plugin, unless it is to have the models alone", async (t) => {
  const root = makeFiji(temporaryFolder(t));
  putFile(root, "plugins/DEFCoN_-0.1.3.jar", zip({ "ch/epfl/leb/defcon/ij/A.class": "" }));
  const before = snapshot(root);
  await assert.rejects(lay(root, wholeContent("1.0.0")), {
    code: "FIJI_CLASH",
    message: /DEFCoN_-0\.1\.3\.jar\. Remove that jar .*--no-plugin/,
  });
  assert.deepEqual(snapshot(root), before);
  await lay(root, contentOf("1.0.0", { [`${DENSITY}/saved_model.pb`]: "model" }));
  assert.ok(existsSync(join(root, DENSITY, "saved_model.pb")));
});

test("a file where a folder must be is told, and nothing is changed", async (t) => {
  const root = makeFiji(temporaryFolder(t));
  rmSync(join(root, "luts"), { recursive: true });
  writeFileSync(join(root, "luts"), "a file");
  const before = snapshot(root);
  await assert.rejects(lay(root, wholeContent("1.0.0")), {
    code: "FIJI_WRITE",
    message: /luts: expected a folder, found a file of that name/,
  });
  assert.deepEqual(snapshot(root), before);
});

test("a link in a file's place is set aside itself, and what it leads to stays", async (t) => {
  const folder = temporaryFolder(t);
  const root = makeFiji(folder);
  putFile(folder, "elsewhere.txt", "theirs");
  mkdirSync(join(root, "plugins/DEFCoN"));
  symlinkSync(join(folder, "elsewhere.txt"), join(root, "plugins/DEFCoN/README.txt"));
  const before = snapshot(root);
  await lay(root, wholeContent("1.0.0"));
  await takeOut(root);
  assert.deepEqual(snapshot(root), before);
  assert.equal(readFileSync(join(folder, "elsewhere.txt"), "utf8"), "theirs");
});

test("a manifest that leads out of the Fiji folder, or is damaged, or newer, is refused", async (t) => {
  const root = makeFiji(temporaryFolder(t));
  const record = { sha256: "0".repeat(64), size: 1 };
  const valid = { format: 1, version: "1", models: [], files: {}, setAside: [], folders: [] };
  const outside = [
    "../x",
    "/etc/passwd",
    "plugins/../../x",
    "jars/ij-1.54p.jar",
    "plugins/Their_Plugin.jar",
    "luts/a/b",
    "plugins\\DEFCoN\\x",
    "plugins/DEFCoN/aux.txt",
    MANIFEST,
  ];
  const manifests: [unknown, RegExp][] = [
    ...outside.map((path): [unknown, RegExp] => [{ ...valid, files: { [path]: record } }, /an entry/]),
    [{ ...valid, setAside: [{ path: "luts/a", to: "../b" }] }, /among what was set aside/],
    [{ ...valid, files: { "luts/a": { ...record, sha256: "x" } } }, /an entry/],
    [{ ...valid, models: ["../x"] }, /no names of models/],
    [{ ...valid, format: 2, version: "9.9.9" }, /found format 2, written by defcon-fiji 9\.9\.9/],
    [[], /something else in JSON/],
  ];
  for (const [manifest, message] of manifests) {
    putFile(root, MANIFEST, JSON.stringify(manifest));
    const before = snapshot(root);
    await assert.rejects(takeOut(root), { code: "FIJI_MANIFEST", message });
    assert.deepEqual(snapshot(root), before);
  }
  putFile(root, MANIFEST, "{");
  await assert.rejects(takeOut(root), { code: "FIJI_MANIFEST" });
});
