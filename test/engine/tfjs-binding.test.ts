import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { completeUtil } from "../../src/engine/tfjs-binding.js";
import { type Finished, finished, startCommand } from "../support/command.js";
import { oracleStacks, RANDOM_MODEL } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

const STACK = oracleStacks()[0]!;

/** Puts a package of that name into a folder's node_modules. */
function install(folder: string, name: string, source: string): void {
  const place = join(folder, "node_modules", "@tensorflow", name);
  mkdirSync(place, { recursive: true });
  writeFileSync(
    join(place, "package.json"),
    JSON.stringify({ name: `@tensorflow/${name}`, main: "index.js" }),
  );
  writeFileSync(join(place, "index.js"), source);
}

/** Counts with `--engine tensorflow`, standing in the home folder, where bindings can be found by NODE_PATH and npm's prefix alone. */
function count(home: string, nodePath: string, prefix: string): Promise<Finished> {
  const args = ["predict", STACK.path, "-m", RANDOM_MODEL, "-o", home, "--engine", "tensorflow"];
  return finished(startCommand(args, home, home, { NODE_PATH: nodePath, npm_config_prefix: prefix }));
}

test("without a binding the engine is unavailable, and the error says what to install", async (context) => {
  const [home, prefix] = [temporaryFolder(context), temporaryFolder(context)];
  install(home, "tfjs-node", "throw new Error('of the folder that the user stands in')");
  const { code, stderr } = await count(home, "", prefix);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /tfjs-node-gpu not installed; @tensorflow\/tfjs-node not installed.*npm install -g @tensorflow\/tfjs-node\).*--engine onnxruntime.*\[ENGINE_UNAVAILABLE\]/s,
  );
});

test("one that does not load is passed over with its reason, and one without its native part is refused", async (context) => {
  const [home, prefix] = [temporaryFolder(context), temporaryFolder(context)];
  install(home, "tfjs-node-gpu", "throw new Error('libcudart.so.11.0: cannot open\\nmore')");
  // Where npm installs global packages.
  const place = process.platform === "win32" ? prefix : join(prefix, "lib");
  install(place, "tfjs-node", "exports.getBackend = () => 'cpu'");
  const { code, stderr } = await count(home, join(home, "node_modules"), prefix);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /tfjs-node-gpu does not load: libcudart\.so\.11\.0: cannot open; @tensorflow\/tfjs-node does not load: its backend is cpu/,
  );
});

test("Node.js 23 and later get back the function that tfjs-node calls, and nothing that is there is touched", () => {
  const without: { isNullOrUndefined?: (value: unknown) => boolean } = {};
  completeUtil(without);
  assert.deepEqual(
    [null, undefined, 0, "", false, {}].map((value) => without.isNullOrUndefined!(value)),
    [true, true, false, false, false, false],
  );
  const own = () => true;
  const there = { isNullOrUndefined: own };
  completeUtil(there);
  assert.equal(there.isNullOrUndefined, own);
});
