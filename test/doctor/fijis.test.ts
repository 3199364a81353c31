import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { VERSION } from "../../src/base/version.js";
import type { Line } from "../../src/doctor/check.js";
import { fijiLines } from "../../src/doctor/fijis.js";
import { fakePluginJar, lay, makeFiji, putFile, snapshot, wholeContent, zip } from "../support/fiji.js";
import { temporaryFolder } from "../support/temporary.js";

const JAR = `plugins/defcon-fiji_-${VERSION}.jar`;
const ORIGINAL = "plugins/DEFCoN_-0.1.3.jar";

/** A Fiji that is the only one, as FIJI_HOME says. */
function onlyFiji(context: TestContext): string {
  const root = makeFiji(temporaryFolder(context));
  const before = process.env.FIJI_HOME;
  process.env.FIJI_HOME = root;
  context.after(() => {
    if (before === undefined) delete process.env.FIJI_HOME;
    else process.env.FIJI_HOME = before;
  });
  return root;
}

/** What doctor says of the only Fiji, which it leaves as it is. */
function look(root: string): Line {
  const before = snapshot(root);
  const lines = fijiLines();
  assert.deepEqual(snapshot(root), before);
  assert.equal(lines.length, 1);
  assert.ok(lines[0]!.detail.startsWith(`${root}: `), lines[0]!.detail);
  return { ...lines[0]!, detail: lines[0]!.detail.slice(root.length + 2) };
}

test("an installation as it should be is ok, also with a macro of the user's own", async (t) => {
  const root = onlyFiji(t);
  await lay(root, wholeContent(VERSION, ["cells", "beads"]));
  const fine: Line = { name: "Fiji", state: "ok", detail: `plugin ${VERSION}; models cells, beads` };
  assert.deepEqual(look(root), fine);
  putFile(root, "macros/DEFCoN_Count_Stack.ijm", "mine");
  rmSync(join(root, "luts/mpl-viridis.lut"));
  assert.deepEqual(look(root), fine);
});

test("a Fiji without the plugin is missing it; the original plugin has to go first", (t) => {
  const root = onlyFiji(t);
  const plain = look(root);
  assert.deepEqual([plain.state, plain.detail], ["missing", "nothing installed"]);
  assert.equal(plain.advice, `To count in it: defcon-fiji install --fiji "${root}"`);
  putFile(root, ORIGINAL, zip({ "ch/epfl/leb/defcon/A.class": "" }));
  const beside = look(root);
  assert.deepEqual(
    [beside.state, beside.detail],
    ["missing", `nothing installed; the original plugin in the way: ${ORIGINAL}`],
  );
  assert.match(beside.advice!, new RegExp(`^Remove ${ORIGINAL} from it first\\. To count in it: `));
});

test("changed and lost files, two jars, and the original plugin beside ours are broken", async (t) => {
  const root = onlyFiji(t);
  await lay(root, wholeContent(VERSION));
  putFile(root, "plugins/DEFCoN/models/cells.onnx", "another");
  rmSync(join(root, "plugins/DEFCoN/tf_max_count/saved_model.pb"));
  putFile(root, "plugins/lab/defcon-fiji_-0.0.8.jar", fakePluginJar("0.0.8"));
  putFile(root, ORIGINAL, zip({ "ch/epfl/leb/defcon/A.class": "" }));
  const line = look(root);
  assert.equal(line.state, "broken");
  assert.deepEqual(line.detail.split("; "), [
    `plugin ${VERSION} and 0.0.8`,
    "models cells",
    `several of the plugin's jars, which must be one: ${JAR}, plugins/lab/defcon-fiji_-0.0.8.jar`,
    `another plugin with the same commands: ${ORIGINAL}`,
    "changed since: plugins/DEFCoN/models/cells.onnx",
    "gone since: plugins/DEFCoN/tf_max_count/saved_model.pb",
  ]);
  assert.match(line.advice!, /^Remove .* first\. To put it right: defcon-fiji install --fiji "/);
});

test("models alone beside the original plugin are ok", async (t) => {
  const root = onlyFiji(t);
  putFile(root, ORIGINAL, zip({ "ch/epfl/leb/defcon/A.class": "" }));
  const { files, ...content } = wholeContent(VERSION);
  const models = [...files].filter(([path]) => path.includes("/tf_") || path.includes("/models/"));
  await lay(root, { ...content, files: new Map(models) });
  assert.deepEqual(look(root), { name: "Fiji", state: "ok", detail: "models alone; models cells" });
});

test("a plugin of another version works, and doctor says how to have this one", async (t) => {
  const root = onlyFiji(t);
  await lay(root, wholeContent("0.0.9"));
  const line = look(root);
  assert.deepEqual([line.state, line.detail], ["ok", "plugin 0.0.9; models cells"]);
  assert.equal(
    line.advice,
    `To update it to this program's version, ${VERSION}: defcon-fiji install --fiji "${root}"`,
  );
});

test("an installation that broke off is broken, and left to be ended by list", (t) => {
  const root = onlyFiji(t);
  mkdirSync(join(root, ".defcon-fiji-lock"));
  const line = look(root);
  assert.deepEqual([line.state, line.detail], ["broken", "an installation is under way there, or broke off"]);
  assert.match(line.advice!, new RegExp(`defcon-fiji list --fiji "${root}"$`));
});

test("a damaged list of files is broken", async (t) => {
  const root = onlyFiji(t);
  await lay(root, wholeContent(VERSION));
  putFile(root, "plugins/DEFCoN/manifest.json", "{");
  const [line] = fijiLines();
  assert.equal(line!.state, "broken");
  assert.match(line!.detail, /manifest\.json: expected the list of what defcon-fiji has installed, found /);
});
