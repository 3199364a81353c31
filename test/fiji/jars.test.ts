import assert from "node:assert/strict";
import { test } from "node:test";
import { findJars, namesInJar } from "../../src/fiji/jars.js";
import { fakePluginJar, PLUGIN_JAR, putFile, withoutPlugin, zip } from "../support/fiji.js";
import { temporaryFolder } from "../support/temporary.js";

test("tells our jars and the original's by name and content, wherever in plugins they lie", (t) => {
  const root = temporaryFolder(t);
  const original = zip({ "plugins.config": "", "ch/epfl/leb/defcon/ij/CountPlugin.class": "" });
  putFile(root, "plugins/defcon-fiji_-0.1.0.jar", fakePluginJar("a"));
  putFile(root, "plugins/Lab/old/defcon-fiji_-0.0.9.jar", fakePluginJar("b"));
  putFile(root, "plugins/defcon-fiji_-other.jar", zip({ "plugins.config": "", "org/other/A.class": "" }));
  putFile(root, "plugins/defcon-fiji_-damaged.jar", "PK");
  putFile(root, "plugins/DEFCoN/DEFCoN_-0.1.3.jar", original);
  putFile(root, "plugins/DEFCoN-renamed.jar", original);
  putFile(root, "plugins/DEFCoN_-damaged.jar", "PK");
  putFile(root, "plugins/DEFCoN_Tools.jar", zip({ "org/other/A.class": "" }));
  assert.deepEqual(findJars(root), {
    ours: ["plugins/Lab/old/defcon-fiji_-0.0.9.jar", "plugins/defcon-fiji_-0.1.0.jar"],
    original: [
      "plugins/DEFCoN/DEFCoN_-0.1.3.jar",
      "plugins/DEFCoN-renamed.jar",
      "plugins/DEFCoN_-damaged.jar",
    ],
  });
  assert.deepEqual(findJars(`${root}/none`), { ours: [], original: [] });
});

test("reads the table of contents of the plugin's own jar", { skip: withoutPlugin }, () => {
  const names = namesInJar(PLUGIN_JAR!)!;
  assert.ok(names.includes("plugins.config"));
  assert.ok(names.includes("org/defconfiji/command/DensityMapCommand.class"));
});

test("takes a jar whose table of contents cannot be right for damaged", (t) => {
  const root = temporaryFolder(t);
  const whole = Buffer.from(fakePluginJar("text"));
  for (let length = 0; length < whole.length; length += 7) {
    putFile(root, "a.jar", whole.subarray(0, length));
    assert.equal(namesInJar(`${root}/a.jar`), undefined);
  }
  for (const at of [whole.length - 6, whole.length - 10]) {
    const changed = Buffer.from(whole);
    changed.writeUInt32LE(0xfffffff0, at);
    putFile(root, "a.jar", changed);
    assert.equal(namesInJar(`${root}/a.jar`), undefined);
  }
});
