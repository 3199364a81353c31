import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import { VERSION } from "../../src/base/version.js";
import { readModel } from "../../src/formats/registry.js";
import { EXECUTABLE, type Finished, finished, runAt, runCommand } from "../support/command.js";
import {
  lay,
  leftOvers,
  makeFiji,
  putFile,
  snapshot,
  wholeContent,
  withoutPlugin,
  zip,
} from "../support/fiji.js";
import { RANDOM_MODEL } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

const JAR = `plugins/defcon-fiji_-${VERSION}.jar`;
const NATIVE = "plugins/DEFCoN/models/random_defcon.onnx";

async function ok(result: Promise<Finished>): Promise<string> {
  const { code, stdout, stderr } = await result;
  assert.deepEqual([code, stderr], [0, ""]);
  return stdout;
}

test("installs into the only Fiji, lists, rehearses, and uninstalls without a trace", {
  skip: withoutPlugin,
}, async (t) => {
  const home = temporaryFolder(t);
  const root = makeFiji(home);
  const before = snapshot(root);
  const rehearsed = await ok(runAt(home, "install", RANDOM_MODEL, "--dry-run", "--fiji", root));
  assert.match(rehearsed, /^add +plugins\/DEFCoN\/tf_max_count\/saved_model\.pb$/m);
  assert.deepEqual(snapshot(root), before);
  assert.ok(!existsSync(join(home, "defcon")));

  const installed = await ok(runAt(home, "install", RANDOM_MODEL, "--fiji", home));
  assert.equal(
    installed,
    [
      `Fiji: ${root}`,
      `Installed: plugin ${VERSION}; models: random_defcon (default)`,
      `Model random_defcon is also in ${join(home, "defcon", "models", "random_defcon.onnx")}, where the daemon finds it.`,
      "Restart Fiji: the commands are in Plugins > DEFCoN.\n",
    ].join("\n"),
  );
  const after = snapshot(root);
  for (const path of [JAR, NATIVE, "luts/mpl-viridis.lut", "plugins/DEFCoN/README.txt"])
    assert.ok(after[path], path);
  const density = await readModel(join(root, "plugins/DEFCoN/tf_density_count"));
  assert.deepEqual(density.weights, (await readModel(RANDOM_MODEL)).weights);

  assert.match(await ok(runAt(home, "install", RANDOM_MODEL, "--fiji", root)), /^Up to date: plugin/m);
  assert.deepEqual(snapshot(root), after);
  assert.match(
    await ok(runAt(home, "list", "--fiji", root)),
    new RegExp(
      `version ${VERSION}, 7 files, .* MB\n  plugin: ${JAR}\n  models: random_defcon \\(default\\)\n$`,
    ),
  );
  const [listing] = JSON.parse(await ok(runAt(home, "list", "--json", "--fiji", root)));
  assert.deepEqual([listing.root, listing.plugins, listing.models], [root, [JAR], ["random_defcon"]]);

  assert.match(
    await ok(runAt(home, "uninstall", "--dry-run", "--fiji", root)),
    /^remove +plugins\/defcon-fiji_/m,
  );
  assert.deepEqual(snapshot(root), after);
  assert.match(
    await ok(runAt(home, "uninstall", "--fiji", root)),
    /^Removed: 7 files\.\nThese copies stay, for other Fijis and the command line: .*\.onnx$/m,
  );
  assert.deepEqual(snapshot(root), before);
  assert.deepEqual(leftOvers(root), []);
  assert.match(
    await ok(runAt(home, "uninstall", "--fiji", root)),
    /Nothing of defcon-fiji is installed there/,
  );
  assert.match(await ok(runAt(home, "list", "--fiji", root)), /nothing installed by defcon-fiji/);
});

test("no Fiji and several are errors that say what to do", async (t) => {
  const home = temporaryFolder(t);
  const none = await runAt(home, "install", RANDOM_MODEL, "--no-plugin", "--fiji", join(home, "none"));
  assert.equal(none.code, 1);
  assert.match(
    none.stderr,
    /--fiji .*none: expected a Fiji or ImageJ folder, with plugins in it.*\[FIJI_NOT_FOUND\]\n$/,
  );
  const roots = [makeFiji(home), makeFiji(join(home, "Desktop"), "Fiji")];
  for (const command of [["install", RANDOM_MODEL, "--no-plugin"], ["uninstall"]]) {
    const several = await runAt(home, ...command);
    assert.equal(several.code, 1);
    for (const root of roots) assert.ok(several.stderr.includes(`--fiji "${root}"`), several.stderr);
  }
  const listed = await ok(runAt(home, "list"));
  for (const root of roots) assert.ok(listed.includes(root));
});

test("models alone go beside the original plugin, whose model folder is set aside and comes back", async (t) => {
  const home = temporaryFolder(t);
  const root = makeFiji(home);
  putFile(root, "plugins/DEFCoN_-0.1.3.jar", zip({ "ch/epfl/leb/defcon/A.class": "" }));
  putFile(root, "plugins/DEFCoN/tf_density_count/saved_model.pb", "the original's");
  const before = snapshot(root);
  const clash = await runAt(home, "install", RANDOM_MODEL, "--fiji", root);
  assert.equal(clash.code, 1);
  if (!withoutPlugin) assert.match(clash.stderr, /the original DEFCoN plugin.*--no-plugin \[FIJI_CLASH\]/);
  assert.deepEqual(snapshot(root), before);
  const installed = await ok(runAt(home, "install", RANDOM_MODEL, "--no-plugin", "--fiji", root));
  assert.match(
    installed,
    /Yours, set aside: .*tf_density_count -> .*tf_density_count\.kept \(uninstall puts it back\)/,
  );
  assert.match(installed, /^Installed: models: random_defcon \(default\)$/m);
  assert.ok(!existsSync(join(root, JAR)));
  assert.match(
    await ok(runAt(home, "uninstall", "--fiji", root)),
    /^Put back: plugins\/DEFCoN\/tf_density_count$/m,
  );
  assert.deepEqual(snapshot(root), before);
});

test("an archive installs what it was made from, also in place of an older version", {
  skip: withoutPlugin,
}, async (t) => {
  const home = temporaryFolder(t);
  const [first, second] = [makeFiji(join(home, "a")), makeFiji(join(home, "b"))];
  const archive = join(home, "lab.tar.gz");
  assert.match(
    await ok(runAt(home, "pack", RANDOM_MODEL, "-o", archive)),
    /lab\.tar\.gz: plugin .*, models random_defcon, 7 files/,
  );
  await lay(second, wholeContent("0.0.9"));
  assert.match(
    await ok(runAt(home, "install", archive, "--fiji", second)),
    /plugin .*, in place of 0\.0\.9;/,
  );
  await ok(runAt(home, "install", RANDOM_MODEL, "--fiji", first));
  assert.deepEqual(snapshot(second), snapshot(first));
  const changed = Buffer.from(readFileSync(archive));
  changed.writeUInt8(changed.readUInt8(5000) ^ 1, 5000);
  writeFileSync(archive, changed);
  const refused = await runAt(home, "install", archive, "--fiji", second);
  assert.deepEqual([refused.code, /\[FIJI_ARCHIVE\]\n$/.test(refused.stderr)], [1, true]);
  assert.deepEqual(snapshot(second), snapshot(first));
  const mixed = await runAt(home, "install", archive, RANDOM_MODEL, "--fiji", second);
  assert.match(mixed.stderr, /Install the archive alone/);
});

test("without names all installed models go in, the preferred one as the default", async (t) => {
  const home = temporaryFolder(t);
  const root = makeFiji(home);
  const shipped = await ok(runAt(home, "install", "--no-plugin", "--fiji", root));
  assert.match(shipped, /^Installed: models: defcon \(default\), defcon-fast$/m);
  for (const name of ["alpha", "defcon"]) {
    await ok(runAt(home, "import", RANDOM_MODEL, "-o", join(home, "defcon", "models", `${name}.onnx`)));
  }
  const installed = await ok(runAt(home, "install", "--no-plugin", "--fiji", root));
  assert.match(installed, /^Installed: models: defcon \(default\).*alpha/m);
  assert.ok(existsSync(join(root, "plugins/DEFCoN/models/alpha.onnx")));
  const twice = await runAt(
    home,
    "install",
    "alpha",
    join(home, "defcon", "models", "alpha.onnx"),
    "--no-plugin",
    "--fiji",
    root,
  );
  assert.match(twice.stderr, /expected models of different names, found another one named alpha/);
});

test("the daemon's model of the same name stays, unless an earlier installation has put it there", async (t) => {
  const home = temporaryFolder(t);
  const root = makeFiji(home);
  const model = join(home, "cells.h5");
  const known = join(home, "defcon", "models", "cells.onnx");
  copyFileSync(RANDOM_MODEL, model);
  const args = ["install", model, "--no-plugin", "--fiji", root];
  await ok(runAt(home, ...args));
  const first = readFileSync(known);
  // The same network under another pool is another model.
  await ok(
    runAt(home, "export", RANDOM_MODEL, "--format", "onnx", "--pool", "5", "-o", join(home, "cells.onnx")),
  );
  args[1] = join(home, "cells.onnx");
  assert.match(await ok(runAt(home, ...args)), /Model cells was replaced in /);
  assert.notDeepEqual(readFileSync(known), first);
  args[1] = model;
  writeFileSync(known, await onnxWithPool(home, 9));
  const kept = readFileSync(known);
  assert.match(await ok(runAt(home, ...args)), /The daemon's model cells is another one, .*, and stays/);
  assert.deepEqual(readFileSync(known), kept);
});

async function onnxWithPool(home: string, pool: number): Promise<Buffer> {
  const path = join(home, "pool.onnx");
  await ok(runAt(home, "export", RANDOM_MODEL, "--format", "onnx", "--pool", String(pool), "-o", path));
  return readFileSync(path);
}

test("Fiji is told where the program is; from npm's cache only if it knows no better place", {
  skip: withoutPlugin,
}, async (t) => {
  const home = temporaryFolder(t);
  const root = makeFiji(home);
  await ok(runAt(home, "install", RANDOM_MODEL, "--fiji", root));
  const launcher = join(home, "defcon", "launcher.json");
  const noted = JSON.parse(readFileSync(launcher, "utf8"));
  assert.deepEqual([noted.node, noted.script], [process.execPath, EXECUTABLE]);

  const cached = cachedProgram(home);
  const options = { env: { ...process.env, HOME: home, DEFCON_FIJI_HOME: join(home, "defcon") } };
  const run = () =>
    ok(finished(spawn(process.execPath, [cached, "install", RANDOM_MODEL, "--fiji", root], options)));
  assert.doesNotMatch(await run(), /cache/);
  assert.equal(JSON.parse(readFileSync(launcher, "utf8")).script, EXECUTABLE);
  rmSync(launcher);
  assert.match(
    await run(),
    /from npm's cache, which npm may empty some day. To keep it for good: npm install -g PATH, where PATH is its package/,
  );
  assert.equal(JSON.parse(readFileSync(launcher, "utf8")).script, cached);
});

/** The program as npx would have unpacked it. */
function cachedProgram(home: string): string {
  const folder = join(home, ".npm", "_npx", "0123456789abcdef", "node_modules", "defcon-fiji");
  mkdirSync(join(folder, "java-bridge"), { recursive: true });
  for (const part of ["bin", "dist/src", "fiji-plugin-layout", "package.json", "java-bridge/target"]) {
    if (existsSync(join(packageRoot, part)))
      cpSync(join(packageRoot, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(packageRoot, "node_modules"), join(folder, "node_modules"));
  return join(folder, "bin", basename(EXECUTABLE));
}

test("the versions of the program, the plugin and its jar agree", () => {
  const pom = readFileSync(join(packageRoot, "java-bridge", "pom.xml"), "utf8");
  assert.equal(/<artifactId>defcon-fiji_<\/artifactId>\s*<version>(.*?)<\/version>/.exec(pom)?.[1], VERSION);
  assert.match(pom, /<finalName>defcon-fiji_-\$\{project\.version\}<\/finalName>/);
});

test("an error in a model leaves the Fiji as it was", async (t) => {
  const home = temporaryFolder(t);
  const root = makeFiji(home);
  const before = snapshot(root);
  writeFileSync(join(home, "bad.h5"), "no model");
  const { code, stderr } = await runCommand(
    ["install", join(home, "bad.h5"), "--no-plugin", "--fiji", root],
    home,
  );
  assert.deepEqual([code, /\[MODEL_FORMAT\]/.test(stderr)], [1, true]);
  assert.deepEqual(snapshot(root), before);
});
