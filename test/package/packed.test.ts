import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
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
const MICRO_MANAGER_JAR = `fiji-plugin-layout/mmplugins/defcon-fiji-micro-manager-${VERSION}.jar`;
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
  const [{ filename, files }] = JSON.parse(stdout.slice(stdout.search(/^\[$/m))) as [
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
  for (const path of [
    ...needed,
    ...page,
    JAR,
    MICRO_MANAGER_JAR,
    "fiji-plugin-layout/plugins/DEFCoN/README.txt",
  ]) {
    assert.ok(own.includes(path), `${path} is in the package`);
  }
  assert.deepEqual(own.filter((path) => path.endsWith(".jar")).sort(), [MICRO_MANAGER_JAR, JAR]);
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

/** What the original's guide prints of its training set, where each stack has `frames` frames; our segmentation maps are bytes, and an empty set has their group. */
function guideTree(path: string, frames: number, names: readonly string[]): string {
  const group = (title: string, dtype: string) => [
    `    ${title}/`,
    ...names.map((name) => `        ${name}: shape = (${frames}, 64, 64, 1), dtype = ${dtype}`),
  ];
  return [
    "",
    path,
    "/",
    ...group("input", "float64"),
    ...group("seg_map", "int8"),
    ...group("target", "float64"),
  ].join("\n");
}

/** A program that passes on options which it may not have. */
const UNDEFINED_OPTIONS = `
import { compactSet, evaluate, FCN, installFiji, simulate, train } from "defcon-fiji";
import { DaemonClient } from "defcon-fiji/client";
export async function all(signal: AbortSignal | undefined, n: number | undefined, s: string | undefined) {
  const model = await FCN.fromFile(s, { engine: undefined });
  await model.predict({ shape: [1, 1], data: new Float32Array(1) }, { signal, pool: n });
  await train(
    { set: "a", output: "b", patience: n, init: s, simulate: { samples: n }, density: { lambda: n } },
    { signal },
  );
  for await (const { pixels } of simulate({ frames: n, preset: s }, { signal })) console.log(pixels);
  await evaluate(["a"], "b", { threshold: n, signal, output: s });
  await compactSet("a", { outputFile: "b", signal, seed: n });
  await installFiji({ fiji: s, signal });
  const client = await DaemonClient.connect({ url: s, token: s });
  await client.openStream({ width: 1, height: 1, pixelType: "uint8", model: s, pool: n });
}
`;

/** Layers and weights as the original's guide prints them. */
const GUIDE_LAYERS = `input InputLayer 0, hist_norm Lambda 0, conv_seg_1 Conv2D 160, conv_stride_1 Conv2D 2320,
  conv_seg_2 Conv2D 4640, conv_stride_2 Conv2D 9248, conv_seg_3 Conv2D 18496, dropout_seg Dropout 0,
  deconv_seg_1 Conv2DTranspose 4616, decon_seg_2 Conv2DTranspose 584, seg Conv2D 8, conv_1 Conv2D 160,
  conv_2 Conv2D 2320, conv_3 Conv2D 4640, conv_4 Conv2D 9248, conv_5 Conv2D 51264, dropout Dropout 0,
  deconv_1 Conv2DTranspose 4616, deconv_2 Conv2DTranspose 584, density Conv2D 8`;
const GUIDE_MAX_COUNT = "av_pool AveragePooling2D 0, mult Lambda 0, max_count_output GlobalMaxPooling2D 0";

test("the examples check and run with the packed package in an empty folder; the guide prints what the original's does", {
  skip,
}, async (t) => {
  const folder = temporaryFolder(t);
  const { tarball } = await pack();
  const own = { ...env, DEFCON_FIJI_HOME: join(folder, "home") };
  writeFileSync(join(folder, "package.json"), '{ "type": "module", "private": true }');
  const userconfig = ["--userconfig", join(folder, "none"), "--no-audit", "--no-fund"];
  const types = readFileSync(join(packageRoot, "node_modules/@types/node/package.json"), "utf8");
  const { version } = JSON.parse(types) as { version: string };
  await run("npm", ["install", ...userconfig, tarball, `@types/node@${version}`], {
    cwd: folder,
    env: own,
    ...ROOMY,
  });
  cpSync(join(packageRoot, "examples"), join(folder, "examples"), { recursive: true });
  const compiler = join(packageRoot, "node_modules/typescript/bin/tsc");
  const strict = ["--strict", "--target", "es2022", "--types", "node"];
  const sources = ["guide", "count-array", "stream-to-daemon", "train-with-progress", "worker-pool"];
  const files = sources.map((name) => join("examples", `${name}.ts`));
  const compile = (...options: string[]) =>
    run(process.execPath, [compiler, ...strict, ...options], { cwd: folder, ...ROOMY });
  await compile("--module", "nodenext", "--noEmitOnError", "--outDir", "out", ...files);
  writeFileSync(join(folder, "undefined.ts"), UNDEFINED_OPTIONS);
  const exact = ["--exactOptionalPropertyTypes", "--skipLibCheck", "false", "--noEmit", "undefined.ts"];
  await compile("--module", "nodenext", ...exact, ...files);
  await compile("--module", "esnext", "--moduleResolution", "bundler", ...exact, ...files);
  const node = (args: string[]) => run(process.execPath, args, { cwd: folder, env: own, ...ROOMY });

  const frames = 40;
  const { stdout } = await node(["out/guide.js", "example", String(frames)]);
  const path = join("example", "training", "my_training_set.h5");
  const compact = join("example", "training", "my_compact_set.h5");
  const trees = [
    guideTree(path, frames, []),
    guideTree(path, frames, ["first_dataset"]),
    guideTree(path, frames, ["first_dataset", "second_dataset"]),
  ];
  for (const tree of trees) assert.ok(stdout.includes(`${tree}\n\n`), tree);
  assert.ok(
    stdout.includes(guideTree(compact, 2 * frames, ["NAME"]).replace(/( {4}(\w+)\/\n {8})NAME/g, "$1$2")),
    stdout,
  );
  assert.match(stdout, /maps of the array: \(40, 64, 64, 1\), of the stack: \(40, 64, 64, 1\)/);
  const rows = [...stdout.matchAll(/^(\w+) \((\w+)\) +\(None.*?\) +(\d+)$/gm)].map((row) =>
    row.slice(1).join(" "),
  );
  const layers = GUIDE_LAYERS.split(/,\s+/);
  assert.deepEqual(rows, [...layers, ...layers, ...GUIDE_MAX_COUNT.split(", ")]);
  assert.equal(stdout.match(/^Total params: 112,912$/gm)?.length, 2);
  for (const name of ["tf_density_count", "tf_max_count"]) {
    assert.ok(existsSync(join(folder, "example", "serving", name, "saved_model.pb")));
  }

  const spot = /^frame 1: (\S+) emitters/m.exec((await node(["out/count-array.js"])).stdout);
  assert.ok(Math.abs(Number(spot?.[1]) - 1) < 0.2, spot?.[1]);
  const data = join("example", "data_1");
  assert.match(
    (await node(["out/worker-pool.js", data])).stdout,
    /^frames\.tif: \d+\.\d\d emitters a frame, 40 frames$/m,
  );
  const plan = join(packageRoot, "models", "usual-plan.json");
  assert.match(
    (await node(["out/train-with-progress.js", plan, "trained", "64"])).stdout,
    /wrote .*defcon-fast\.onnx/,
  );

  const load =
    'import("defcon-fiji/client").then(() => console.log(process.report.getReport().sharedObjects.join("\\n")))';
  assert.doesNotMatch((await node(["--input-type=module", "--eval", load])).stdout, /onnxruntime|\.node$/m);
  const closed = 'import("defcon-fiji/dist/src/base/errors.js").catch(({ code }) => console.log(code))';
  assert.equal(
    (await node(["--input-type=module", "--eval", closed])).stdout.trim(),
    "ERR_PACKAGE_PATH_NOT_EXPORTED",
  );
});
