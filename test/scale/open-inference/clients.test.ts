import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { packageRoot } from "../../../src/base/home.js";
import { openStack } from "../../../src/frames/open-stack.js";
import { collect } from "../../support/collect.js";
import { finished, startCommand } from "../../support/command.js";
import { startServe } from "../../support/serve.js";
import { temporaryFolder } from "../../support/temporary.js";

const python = process.env.DEFCON_FIJI_SCALE_PYTHON;
const skip = python === undefined && "needs tritonclient and kserve, which npm run test:scale installs";
const REAL = join(packageRoot, "..", "shared", "reference", "real", "real_scmos.tif");
const MODEL = "defcon";

/** What each client counts in each of its ways, and the stack of frames.py that it counts. */
const WAYS: Record<string, Record<string, string>> = {
  triton_clients: {
    "triton-http-binary": "frames",
    "triton-http-json": "small",
    "triton-http-uint8": "uint8",
    "triton-http-uint32": "uint32",
    "triton-http-float32": "float32",
    "triton-grpc": "frames",
    "triton-grpc-single": "frames",
    "triton-grpc-uint8": "uint8",
    "triton-grpc-uint32": "uint32",
    "triton-grpc-float32": "float32",
  },
  kserve_clients: {
    "kserve-rest-binary": "frames",
    "kserve-rest-json": "small",
    "kserve-grpc": "frames",
  },
};

/** Runs a script beside this file's source; gives the lines that it printed. */
async function script(name: string, ...args: string[]): Promise<string[]> {
  const path = join(packageRoot, "test", "scale", "open-inference", `${name}.py`);
  const { stdout } = await promisify(execFile)(python!, [path, ...args]);
  return stdout.trim().split("\n");
}

/** Counts frames by all clients and by predict, and compares. */
async function compare(t: TestContext, raw: readonly string[]): Promise<void> {
  const folder = temporaryFolder(t);
  await script("frames", folder, ...raw);
  const ways = Object.assign({}, ...Object.values(WAYS)) as Record<string, string>;
  const stacks = [...new Set(Object.values(ways))].map((stack) => join(folder, `${stack}.npy`));
  const predicted = await finished(startCommand(["predict", ...stacks, "-m", MODEL, "--as", "npy"], folder));
  assert.equal(predicted.code, 0, predicted.stderr);
  const args = ["serve", "--json", "--open-inference", "http=127.0.0.1:0", "grpc=127.0.0.1:0"];
  const served = await startServe(folder, args);
  t.after(() => void served.child.kill());
  const opened = served.events.find((event) => event.event === "open-inference")!;
  const [http, grpc] = opened.addresses.map((address) => address.split("=")[1]!) as [string, string];
  for (const [client, own] of Object.entries(WAYS)) {
    const counted = await script(client, http, grpc, served.discovery.token, MODEL, folder);
    assert.deepEqual(counted.sort(), Object.keys(own).sort());
  }
  const pairs = Object.entries(ways).map(([way, stack]) => `${way}=${stack}`);
  assert.deepEqual(await script("compare", folder, ...pairs), Object.keys(ways));
  served.child.kill("SIGTERM");
  assert.equal(await served.exit, 0);
}

test("tritonclient and kserve get the maps of predict bit for bit, and its counts", { skip }, (t) =>
  compare(t, []),
);

test("so they do for a real recording", {
  skip: skip || (!existsSync(REAL) && `needs ${REAL}`),
}, async (t) => {
  const stack = await openStack(REAL);
  after(() => stack.close());
  const { frames, height, width, pixelType } = stack.info;
  assert.equal(pixelType, "uint16");
  const pixels = (await collect(stack.frames())).map((frame) => Buffer.from(frame.pixels.slice().buffer));
  const raw = join(temporaryFolder(t), "real.raw");
  writeFileSync(raw, Buffer.concat(pixels));
  await compare(t, [raw, String(frames), String(height), String(width)]);
});
