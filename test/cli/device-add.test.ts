import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { CUDA_IS_MADE } from "../../src/engine/added-cuda.js";
import { finished, runCommand, startCommand } from "../support/command.js";
import { madeUpWheel } from "../support/made-up-wheel.js";
import { oracleStacks, RANDOM_MODEL } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

const skip = CUDA_IS_MADE ? false : "ONNX Runtime has CUDA for Linux x64 alone";
const [stack] = oracleStacks();

/** A user's folder, and one for wheels. */
function places(t: TestContext): { home: string; wheels: string; added: string } {
  const [home, wheels] = [temporaryFolder(t), temporaryFolder(t)];
  return { home, wheels, added: join(home, "devices", "cuda") };
}

const add = (home: string, ...wheels: string[]) =>
  runCommand(["device", "add", "cuda", "--wheel", ...wheels], home);

function count(home: string, device: string, folder: string) {
  return runCommand(
    ["predict", stack!.path, "-m", RANDOM_MODEL, "-o", folder, "--device", device, "--force"],
    home,
  );
}

test("a part that was added is found, and its library's own sentence comes back", { skip }, async (t) => {
  const { home, wheels, added } = places(t);
  const before = temporaryFolder(t);
  assert.equal((await count(home, "cpu", before)).code, 0);
  const { code, stdout, stderr } = await add(home, madeUpWheel(wheels));
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^added the part for CUDA of ONNX Runtime 1\.30\.0: /);
  // What the file holds is no library: that is what the system's loader says of it.
  assert.match(
    stdout,
    /^onnxruntime on cuda: missing: .*libonnxruntime_providers_cuda\.so: (file too short|invalid ELF header)$/m,
  );
  const counted = await count(home, "cuda", before);
  assert.equal(counted.code, 1);
  assert.match(counted.stderr, /device cuda.*(file too short|invalid ELF header).*\[ENGINE_UNAVAILABLE\]/);
  const after = temporaryFolder(t);
  assert.equal((await count(home, "cpu", after)).code, 0, "the copy counts on the CPU");
  for (const name of readdirSync(before)) {
    assert.deepEqual(readFileSync(join(after, name)), readFileSync(join(before, name)), name);
  }
  const listed = await runCommand(["device", "list"], home);
  assert.match(listed.stdout, /^cuda +added, ONNX Runtime 1\.30\.0: /m);

  const library = join(added, "node_modules", "onnxruntime-node", "bin", "napi-v6", "linux", "x64");
  truncateSync(join(library, "libonnxruntime_providers_shared.so"), 3);
  const cut = await runCommand(["device", "list"], home);
  assert.match(
    cut.stdout,
    /^cuda +cannot be used: .*providers_shared\.so has 3 bytes instead of 11; add it again/m,
  );
  assert.equal((await add(home, madeUpWheel(wheels))).code, 0, "adding again puts it right");

  const list = join(added, "device.json");
  writeFileSync(list, readFileSync(list, "utf8").replace('"version": "1.30.0"', '"version": "1.29.0"'));
  const old = await count(home, "cuda", before);
  assert.match(old.stderr, /it is of ONNX Runtime 1\.29\.0, and this program has 1\.30\.0.*device add cuda/);
  assert.equal((await count(home, "cpu", before)).code, 0, "an old copy is not used");

  assert.match((await runCommand(["device", "remove", "cuda"], home)).stdout, /^removed /);
  assert.equal(existsSync(added), false);
  assert.match(
    (await runCommand(["device", "remove", "cuda"], home)).stdout,
    /^nothing was added for cuda$/m,
  );
});

test("a wheel that does not fit is refused by what is wrong with it, and nothing is left", {
  skip,
}, async (t) => {
  const { home, wheels } = places(t);
  const bad = [
    [madeUpWheel(wheels, { version: "1.29.0" }), /onnxruntime-gpu 1\.30\.0, the version of.*found 1\.29\.0/],
    [
      madeUpWheel(wheels, { tag: "cp312-cp312-win_amd64" }),
      /a wheel for Linux x64, found cp312-cp312-win_amd64/,
    ],
    [madeUpWheel(wheels, { tag: "cp312-cp312-manylinux_2_28_aarch64" }), /a wheel for Linux x64/],
    [madeUpWheel(wheels, { name: "onnxruntime" }), /a wheel of onnxruntime-gpu.*found onnxruntime/],
    [
      madeUpWheel(wheels, { version: "1.30.0", files: {} }),
      /none with libonnxruntime_providers_cuda\.so and/,
    ],
  ] as const;
  for (const [wheel, message] of bad) {
    const { code, stderr } = await add(home, wheel);
    assert.equal(code, 1, stderr);
    assert.match(stderr, message);
    assert.deepEqual(readdirSync(join(home, "devices")), []);
  }
});

test("a folder with anything else in it is neither replaced nor removed", { skip }, async (t) => {
  const { home, wheels, added } = places(t);
  mkdirSync(added, { recursive: true });
  writeFileSync(join(added, "thesis.txt"), "mine");
  for (const args of [
    ["add", "cuda", "--wheel", madeUpWheel(wheels)],
    ["remove", "cuda"],
  ]) {
    const { code, stderr } = await runCommand(["device", ...args], home);
    assert.equal(code, 1);
    assert.match(stderr, /thesis\.txt.*\[OUTPUT_EXISTS\]/);
  }
  assert.equal(statSync(join(added, "thesis.txt")).size, 4);
});

test("without pip the error says how to fetch the wheel elsewhere", { skip }, async (t) => {
  const { home } = places(t);
  const { code, stderr } = await finished(
    startCommand(["device", "add", "cuda"], home, undefined, { PATH: home }),
  );
  assert.equal(code, 1);
  assert.match(
    stderr,
    /onnxruntime-gpu==1\.30\.0: expected Python 3 with pip.*no python3 and no python on PATH/,
  );
  assert.match(stderr, /pip download "onnxruntime-gpu==1\.30\.0".*--wheel.*\[INPUT_NOT_FOUND\]/);
});

test("another system is refused by name", { skip: !skip && "this system has CUDA" }, async (t) => {
  const { home, wheels } = places(t);
  const { code, stderr } = await add(home, madeUpWheel(wheels));
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`device cuda on ${process.platform} ${process.arch}`));
});
