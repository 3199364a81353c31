import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { packageRoot } from "../../src/base/home.js";
import { VERSION } from "../../src/base/version.js";
import { makeFiji, snapshot } from "../support/fiji.js";
import { oracleStacks, RANDOM_MODEL } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

const run = promisify(execFile);
const JAR = `fiji-plugin-layout/plugins/defcon-fiji_-${VERSION}.jar`;
const ROOMY = { maxBuffer: 1 << 26 };

/** The programs that building the plugin's jar takes, as far as they are missing. */
const missing = [
  ["mvn", "--version"],
  ["javac", "-version"],
].filter(([program, option]) => spawnSync(program!, [option!]).status !== 0);
const skip =
  missing.length > 0 && `needs ${missing.map(([program]) => program).join(" and ")} to make the package`;

/** No configuration of the user or the project, and no variable, may be what keeps an install script from running. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([key]) => !/^(npm_|ONNXRUNTIME|FIJI_HOME|NODE_PATH)/i.test(key)),
);

interface Packed {
  folder: string;
  tarball: string;
  /** Paths of what is in it, without what other packages bring. */
  own: string[];
}

let packed: Promise<Packed> | undefined;
after(async () => {
  if (packed) rmSync((await packed).folder, { recursive: true, force: true });
});

/** The tarball, made once for all tests. */
function pack(): Promise<Packed> {
  packed ??= makeTarball();
  return packed;
}

async function makeTarball(): Promise<Packed> {
  const folder = mkdtempSync(join(tmpdir(), "defcon-fiji-"));
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], {
    cwd: packageRoot,
    ...ROOMY,
  });
  const [{ filename, files }] = JSON.parse(stdout.slice(stdout.indexOf("["))) as [
    { filename: string; files: { path: string }[] },
  ];
  const own = files.map(({ path }) => path).filter((path) => !path.startsWith("node_modules/"));
  return { folder, tarball: join(folder, filename), own };
}

test("the package has the plugin, models and pages, and nothing that its users have no use for", {
  skip,
}, async () => {
  const { own } = await pack();
  const needed = ["LICENSE", "README.md", "package.json", "THIRD-PARTY.md", "bin/defcon-fiji.js"];
  const page = ["index.html", "page.css", "icon.svg", "main.js"].map((name) => `dist/web/${name}`);
  for (const path of [...needed, ...page, JAR, "fiji-plugin-layout/plugins/DEFCoN/README.txt"]) {
    assert.ok(own.includes(path), `${path} is in the package`);
  }
  assert.deepEqual(
    own.filter((path) => path.endsWith(".jar")),
    [JAR],
  );
  assert.ok(
    own.some((path) => path.startsWith("models/")),
    "models is in the package",
  );
  assert.deepEqual(
    own.filter((path) => /^(test|src|bench|scripts|docs|java-|\.)|\.map$|\.test\./.test(path)),
    [],
  );
});

test("the packed tarball installs from the package registry alone, and counts", { skip }, async (t) => {
  const folder = temporaryFolder(t);
  const { tarball } = await pack();
  await run(
    "npm",
    ["install", "--global", "--prefix", folder, "--userconfig", join(folder, "none"), tarball],
    {
      cwd: folder,
      env,
      ...ROOMY,
    },
  );
  const installed = join(folder, "lib", "node_modules", "defcon-fiji");
  const bundled = JSON.parse(
    readFileSync(join(installed, "node_modules", "onnxruntime-node", "package.json"), "utf8"),
  );
  assert.equal(bundled.scripts.postinstall, undefined);
  for (const place of [join(folder, "lib", "node_modules"), join(installed, "node_modules")]) {
    assert.ok(!existsSync(join(place, "@tensorflow")), `no binding of TensorFlow in ${place}`);
  }

  const command = join(folder, "bin", "defcon-fiji");
  const options = { cwd: folder, env: { ...env, DEFCON_FIJI_HOME: folder } };
  assert.equal((await run(command, ["--version"], options)).stdout.trim(), VERSION);
  assert.match((await run(command, ["model", "info", RANDOM_MODEL], options)).stdout, /112912 parameters/);
  const stack = oracleStacks().find(({ pixelType }) => pixelType === "uint16")!;
  const { stdout: lines } = await run(
    command,
    ["predict", stack.path, "-m", RANDOM_MODEL, "-o", folder, "--json"],
    options,
  );
  const counts = lines
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { count: number }).count);
  assert.equal(counts.length, stack.frames);
  for (const [i, count] of counts.entries()) assert.ok(Math.abs(count - stack.count[i]!) < 1e-3);
});

test("npx installs into Fiji where there is neither Java nor Maven, and nothing beside it", {
  skip: skip || (process.platform === "win32" && "makes a PATH of links"),
}, async (t) => {
  const folder = temporaryFolder(t);
  const { tarball } = await pack();
  const [empty, programs] = [join(folder, "empty"), join(folder, "programs")];
  for (const each of [empty, programs]) mkdirSync(each);
  const npx = join(dirname(process.execPath), "npx");
  for (const [name, place] of [
    ["node", process.execPath],
    ["npx", npx],
    ["sh", "/bin/sh"],
  ] as const) {
    symlinkSync(place, join(programs, name));
  }
  const fiji = makeFiji(folder);
  const { stdout } = await run(
    join(programs, "npx"),
    ["--yes", "--package", tarball, "defcon-fiji", "install", RANDOM_MODEL, "--fiji", fiji],
    {
      cwd: empty,
      env: {
        ...env,
        PATH: programs,
        HOME: folder,
        DEFCON_FIJI_HOME: join(folder, "home"),
        npm_config_cache: join(folder, "cache"),
      },
      ...ROOMY,
    },
  );
  assert.match(stdout, /^Installed: plugin .*; models: random_defcon \(default\)$/m);
  assert.match(stdout, /from npm's cache, which npm may empty some day/);
  const there = snapshot(fiji);
  for (const path of [
    `plugins/defcon-fiji_-${VERSION}.jar`,
    "plugins/DEFCoN/tf_density_count/saved_model.pb",
  ]) {
    assert.ok(there[path], path);
  }
  const { node, script } = JSON.parse(readFileSync(join(folder, "home", "launcher.json"), "utf8"));
  assert.match((await run(node, [script, "--version"])).stdout, new RegExp(VERSION));
});
