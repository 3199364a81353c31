import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import { VERSION } from "../../src/base/version.js";
import { type Finished, runAt } from "../support/command.js";
import { lay, leftOvers, putFile, snapshot, wholeContent, zip } from "../support/fiji.js";
import { temporaryFolder } from "../support/temporary.js";

const NAME = `defcon-fiji-micro-manager-${VERSION}.jar`;
const JAR = `mmplugins/${NAME}`;
const BUILT = [
  join(packageRoot, "micro-manager/target", NAME),
  join(packageRoot, "fiji-plugin-layout", JAR),
].find(existsSync);
const skip = BUILT ? false : "needs the processor's jar, for which a JDK and Maven are needed";

/** A folder as Micro-Manager lays it out, with plugins of others. */
function makeMicroManager(parent: string): string {
  const root = join(parent, "Micro-Manager-2.0");
  putFile(root, "ij.jar", "ImageJ");
  putFile(root, "plugins/Micro-Manager/MMJ_.jar", "MMStudio");
  putFile(root, "plugins/Their_Plugin.jar", "another plugin");
  putFile(root, "mmplugins/Acquisition_Tools/Theirs.jar", "another plugin");
  return root;
}

async function ok(result: Promise<Finished>): Promise<string> {
  const { code, stdout, stderr } = await result;
  assert.deepEqual([code, stderr], [0, ""]);
  return stdout;
}

test("installs the processor into mmplugins, rehearses, and uninstalls without a trace", {
  skip,
}, async (t) => {
  const home = temporaryFolder(t);
  const root = makeMicroManager(home);
  const before = snapshot(root);
  const rehearsed = await ok(runAt(home, "install", "--micro-manager", root, "--dry-run"));
  assert.match(rehearsed, new RegExp(`^add +${JAR}$`, "m"));
  assert.deepEqual(snapshot(root), before);
  const installed = await ok(runAt(home, "install", "--micro-manager", root));
  assert.equal(
    installed,
    [
      `Micro-Manager: ${root}`,
      `Installed: processor ${VERSION}`,
      "Restart Micro-Manager: the processor is in Plugins > On-The-Fly Image Processing.\n",
    ].join("\n"),
  );
  assert.deepEqual(readFileSync(join(root, JAR)), readFileSync(BUILT!));
  const again = await ok(runAt(home, "install", "--micro-manager", root));
  assert.match(again, /^Up to date: processor /m);
  await ok(runAt(home, "uninstall", "--micro-manager", root));
  assert.deepEqual(snapshot(root), before);
  assert.deepEqual(leftOvers(root), []);
});

test("an older processor is replaced wherever it lies, a file of the user's in the way is kept", {
  skip,
}, async (t) => {
  const home = temporaryFolder(t);
  const root = makeMicroManager(home);
  const old = "mmplugins/Lab/defcon-fiji-micro-manager-0.0.9.jar";
  putFile(root, old, zip({ "org/defconfiji/micromanager/CountPlugin.class": "old" }));
  putFile(root, "mmplugins/defcon-fiji-micro-manager-0.0.8.jar", zip({ "by/another.class": "theirs" }));
  putFile(root, JAR, "the user's own notes");
  const installed = await ok(runAt(home, "install", "--micro-manager", root));
  assert.match(installed, new RegExp(`Yours, set aside: ${JAR} -> ${JAR}.kept`));
  assert.ok(!existsSync(join(root, old)));
  assert.ok(existsSync(join(root, "mmplugins/defcon-fiji-micro-manager-0.0.8.jar")), "another program's");
  await ok(runAt(home, "uninstall", "--micro-manager", root));
  assert.equal(readFileSync(join(root, JAR), "utf8"), "the user's own notes");
});

test("the plugin of Micro-Manager's ImageJ and the processor are installed one without the other", {
  skip,
}, async (t) => {
  const home = temporaryFolder(t);
  const root = makeMicroManager(home);
  const before = snapshot(root);
  await lay(root, wholeContent("0.0.9"));
  const withPlugin = snapshot(root);
  await ok(runAt(home, "install", "--micro-manager", root));
  const both = snapshot(root);
  const own = [JAR, "plugins/DEFCoN/manifest.json"];
  for (const path of Object.keys(withPlugin)) {
    if (!own.includes(path)) assert.equal(both[path], withPlugin[path], path);
  }
  await lay(root, wholeContent("0.1.1"));
  assert.ok(existsSync(join(root, JAR)));
  assert.ok(!existsSync(join(root, "plugins/defcon-fiji_-0.0.9.jar")));
  await ok(runAt(home, "uninstall", "--micro-manager", root));
  assert.deepEqual(snapshot(root), before);
});

test("a folder that is no Micro-Manager, and options that mean a Fiji, are refused", async (t) => {
  const home = temporaryFolder(t);
  const root = makeMicroManager(home);
  rmSync(join(root, "mmplugins"), { recursive: true });
  const refused = await runAt(home, "install", "--micro-manager", root);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /mmplugins in it.*FIJI_NOT_FOUND/);
  mkdirSync(join(root, "mmplugins"));
  for (const others of [["a-model"], ["--fiji", root], ["--no-plugin"]]) {
    const wrong = await runAt(home, "install", "--micro-manager", root, ...others);
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /--micro-manager: expected no models, --fiji or --no-plugin.*INPUT_OPTION/);
  }
  const both = await runAt(home, "uninstall", "--micro-manager", root, "--fiji", root);
  assert.match(both.stderr, /--micro-manager: expected no --fiji.*INPUT_OPTION/);
});
