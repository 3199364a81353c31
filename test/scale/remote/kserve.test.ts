import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { simulateInto } from "../../../src/api/simulate.js";
import { makeCertificate, withoutOpenssl } from "../../support/certificate.js";
import { finished, runCommand, startCommand } from "../../support/command.js";
import { startModelServer } from "../../support/model-server.js";
import { ScaleVenv } from "../../support/scale-venv.js";
import { temporaryFolder } from "../../support/temporary.js";

const STACKS = 20;
const venv = new ScaleVenv("remote");
const SERVER = { venv, script: "remote/kserve_server.py" };

suite("a KServe model server with ONNX Runtime", { skip: venv.missing }, () => {
  const folder = temporaryFolder({ after });

  /** Runs the program to its end, which must be a good one. */
  async function run(...args: string[]) {
    const result = await runCommand(args, folder);
    assert.equal(result.code, 0, result.stderr);
    return result;
  }

  /** Puts a shipped model into a Triton repository. @returns its graph */
  async function exported(model: string): Promise<string> {
    const repository = join(folder, `repository-${model}`);
    await run("export", model, "--format", "triton", "--input", "normalised", "-o", repository, "--force");
    return join(repository, model, "1", "model.onnx");
  }

  async function simulated(name: string, frames: number, side: number): Promise<string> {
    const drawn = join(folder, name);
    mkdirSync(drawn);
    await simulateInto(
      drawn,
      { frames, width: side, height: side, density: 1 },
      { seed: name.length + frames },
    );
    return join(drawn, "frames.tif");
  }

  function assertSame(first: string, second: string): void {
    const names = readdirSync(first).sort();
    assert.deepEqual(readdirSync(second).sort(), names);
    for (const name of names) {
      assert.ok(readFileSync(join(first, name)).equals(readFileSync(join(second, name))), name);
    }
  }

  test(`counts an experiment of ${STACKS} stacks with the default model: every file is that of the local run`, async (t) => {
    const model = "defcon";
    const server = await startModelServer(t, { ...SERVER, name: model, graph: await exported(model) });
    const night = join(folder, `night-${model}`);
    mkdirSync(night);
    const stacks: string[] = [];
    for (let i = 1; i <= STACKS; i++) {
      const drawn = await simulated(`${model}-${i}`, 4, 32);
      const stack = join(night, `cell-${i}.tif`);
      copyFileSync(drawn, stack);
      stacks.push(stack);
    }
    const [here, there] = ["here", "there"].map((name) => join(folder, `${name}-${model}`)) as [
      string,
      string,
    ];
    await run("predict", ...stacks, "-m", model, "-o", here);
    const { stderr } = await run("predict", ...stacks, "-m", model, "-o", there, "--engine", server.url);
    assert.equal(readdirSync(there).length, 2 * STACKS);
    assertSame(here, there);
    assert.doesNotMatch(stderr, /ServerWarning/);
  });

  test("a server that is killed in the middle changes no count where there is another one", async (t) => {
    const served = { ...SERVER, name: "defcon-fast", graph: await exported("defcon-fast") };
    const [first, second] = [await startModelServer(t, served), await startModelServer(t, served)];
    const stack = await simulated("long", 300, 64);
    const [here, there] = ["here-long", "there-long"].map((name) => join(folder, name)) as [string, string];
    await run("predict", stack, "-m", "defcon-fast", "-o", here);
    const both = `${first.url},${second.url}`;
    const command = startCommand(
      ["predict", stack, "-m", "defcon-fast", "-o", there, "--engine", both, "--json"],
      folder,
    );
    command.stdout!.once("data", () => first.process.kill("SIGKILL"));
    const { code, stderr, stdout } = await finished(command);
    assert.equal(code, 0, stderr);
    assert.equal(stdout.trim().split("\n").length, 300);
    assert.match(stderr, new RegExp(`server ${first.url} rests`));
    assertSame(here, there);
  });

  test("a server over TLS is trusted by the file of its certificate", { skip: withoutOpenssl }, async (t) => {
    const { cert, key } = makeCertificate(folder, "server", "localhost");
    const server = await startModelServer(t, {
      ...SERVER,
      name: "defcon-fast",
      graph: await exported("defcon-fast"),
      tls: { cert, key },
    });
    const stack = await simulated("secret", 4, 32);
    const [here, there] = ["here-tls", "there-tls"].map((name) => join(folder, name)) as [string, string];
    await run("predict", stack, "-m", "defcon-fast", "-o", here);
    const engine = ["--engine", server.url];
    await run("predict", stack, "-m", "defcon-fast", "-o", there, ...engine, "--engine-ca", cert);
    assertSame(here, there);
    const { code, stderr } = await runCommand(
      ["predict", stack, "-m", "defcon-fast", "-o", there, "--force", ...engine],
      folder,
    );
    assert.notEqual(code, 0);
    assert.match(stderr, /expected a certificate that this machine trusts.*--engine-ca/);
  });
});
