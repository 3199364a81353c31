import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DefconError } from "../../src/base/errors.js";
import { packageRoot } from "../../src/base/home.js";
import { withFlags } from "../../src/cli/reading-options.js";
import { encodeNpy } from "../../src/frames/npy.js";
import { evaluate, FCN, type OpenOptions, TrainingSet } from "../../src/index.js";
import { type Finished, runCommand } from "../support/command.js";
import { RANDOM_MODEL } from "../support/oracle.js";
import { type Ending, temporaryFolder } from "../support/temporary.js";

const CORPUS = join(packageRoot, "test", "data", "frames", "corpus");

/** A stack that cannot be read as it is, and the code of the error. */
const TROUBLES = [
  { name: "rgb", code: "INPUT_PIXEL_TYPE", flag: "--channel 1", option: { channel: 1 } },
  { name: "half-a-page", code: "INPUT_TRUNCATED", flag: "--salvage", option: { salvage: true } },
  {
    name: "nan",
    code: "INPUT_PIXEL_VALUE",
    flag: "--replace-invalid median",
    option: { replaceInvalid: "median" },
  },
] as const satisfies { name: string; code: string; flag: string; option: OpenOptions }[];

type Trouble = (typeof TROUBLES)[number];

/** Noise without molecules, long enough to be measured, with one pixel that is no number. */
function noiseWithNaN(): Uint8Array {
  const shape = [25, 16, 16] as const;
  const data = Float32Array.from({ length: 25 * 256 }, (_, i) => 0.5 + 0.2 * Math.sin(i * i));
  data[300] = Number.NaN;
  return encodeNpy(data, shape);
}

/** A folder with the stack alone, and with its table beside it. */
function workplace(t: Ending, { name }: Trouble) {
  const folder = temporaryFolder(t);
  const data = join(folder, "data");
  mkdirSync(data);
  const stack = join(data, name === "nan" ? "nan.npy" : `${name}.tif`);
  if (name === "nan") writeFileSync(stack, noiseWithNaN());
  else copyFileSync(join(CORPUS, `${name}.tif`), stack);
  const truth = join(data, "truth.csv");
  writeFileSync(truth, "frame,x,y\n1,5,5\n2,8,6\n");
  return { folder, data, stack, truth };
}

/** Runs a command without the option that the error advises, then with it. */
async function following(
  { code, flag }: Trouble,
  args: readonly string[],
  folder: string,
): Promise<Finished> {
  const refused = await runCommand(args, folder, folder);
  assert.equal(refused.code, 1, refused.stdout);
  assert.ok(refused.stderr.includes(`[${code}]`), refused.stderr);
  assert.ok(refused.stderr.includes(flag), refused.stderr);
  assert.doesNotMatch(refused.stderr, /`|predict --/);
  return runCommand([...args, ...flag.split(" ")], folder, folder);
}

for (const trouble of TROUBLES) {
  test(`${trouble.flag}: the advice of predict, evaluate, dataset add and add-input, and tune works as it is given`, async (t) => {
    const { folder, data, stack, truth } = workplace(t, trouble);
    const set = join(folder, "set.h5");
    assert.equal((await runCommand(["dataset", "new", set], folder)).code, 0);
    for (const args of [
      ["predict", stack, "-m", RANDOM_MODEL, "-o", join(folder, "counted")],
      ["evaluate", RANDOM_MODEL, "--data", data, "-o", join(folder, "report")],
      ["dataset", "add", set, "first", stack, truth],
      ["dataset", "add-input", set, "second", stack],
    ]) {
      const { code, stdout, stderr } = await following(trouble, args, folder);
      assert.equal(code, 0, `${args[0]}: ${stderr}`);
      const told = {
        rgb: /./,
        "half-a-page": /cut off or damaged after 3 frames/,
        nan: /1 pixel replaced in 1 frame/,
      };
      assert.match(stdout + stderr, told[trouble.name], args.join(" "));
    }
    // What is read holds too little to tune to, which is told next.
    const tuned = await following(trouble, ["tune", stack, "-o", "mine"], folder);
    assert.match(tuned.stderr, /\[INPUT_UNMEASURABLE\]/);
  });

  test(`${trouble.flag}: a program is told the option's name, and each call takes it`, async (t) => {
    const { folder, data, stack, truth } = workplace(t, trouble);
    const { code, option, flag } = trouble;
    await using model = await FCN.fromFile(RANDOM_MODEL);
    await using set = await TrainingSet.open(join(folder, "set.h5"), "a");
    const said = (error: unknown) => {
      assert.ok(error instanceof DefconError);
      assert.equal(error.code, code);
      const [[name, value]] = Object.entries(option) as [[string, unknown]];
      assert.ok(error.advice.includes(`\`${name}: ${JSON.stringify(value)}\``), error.advice);
      assert.ok(withFlags(error.advice).includes(flag));
      return true;
    };
    const addition = { name: "a", inputFile: stack };
    const calls = [
      (more: OpenOptions) => model.predict(stack, more),
      (more: OpenOptions) => model.predictTiff(stack, more),
      (more: OpenOptions) => model.densityToMaxCount().predict(stack, more),
      (more: OpenOptions) => evaluate([RANDOM_MODEL], data, more),
      (more: OpenOptions) => set.addDataset({ ...addition, frameLogger: truth, ...more }),
      (more: OpenOptions) => set.addInput({ ...addition, name: "b", ...more }),
    ];
    for (const call of calls) {
      await assert.rejects(call({}), said);
      await call(option);
    }
  });
}

test("options of reading are refused where nothing is read that they could change", async (t) => {
  const folder = temporaryFolder(t);
  await using model = await FCN.fromFile(RANDOM_MODEL);
  const array = { shape: [4, 4], data: new Float32Array(16) };
  await assert.rejects(model.predict(array, { salvage: true }), {
    code: "INPUT_OPTION",
    message: /option salvage: expected the path of a file/,
  });
  const set = join(packageRoot, "test", "data", "dataset", "two_sets.h5");
  const made = join(folder, "set.h5");
  await runCommand(["dataset", "new", made], folder);
  const added = await runCommand(
    ["dataset", "add-input", made, "a", `${set}:input/beta`, "--replace-invalid", "median"],
    folder,
  );
  assert.match(added.stderr, /--replace-invalid: expected a stack, to which it applies/);
  for (const option of [["--salvage"], ["--unit", "nm"], ["--threshold", "3"]]) {
    const { code, stderr } = await runCommand(["evaluate", RANDOM_MODEL, "--data", set, ...option], folder);
    assert.equal(code, 1);
    assert.ok(stderr.includes(`defcon-fiji: ${option[0]}: expected a folder with a stack`), stderr);
  }
});
