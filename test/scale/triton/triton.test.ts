import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { simulateInto } from "../../../src/api/simulate.js";
import { runCommand } from "../../support/command.js";
import { startModelServer } from "../../support/model-server.js";
import { ScaleVenv } from "../../support/scale-venv.js";
import { temporaryFolder } from "../../support/temporary.js";

const MODEL = "defcon-fast";
const venv = new ScaleVenv("triton");

suite("Triton, with the graph run by its Python backend", { skip: venv.missing }, () => {
  const folder = temporaryFolder({ after });

  async function run(...args: string[]) {
    const result = await runCommand(args, folder);
    assert.equal(result.code, 0, result.stderr);
    return result;
  }

  test("counts in batches of its own size: every file is that of the local run, and wrong models are found", async (t) => {
    const repository = join(folder, "repository");
    await run("export", MODEL, "--format", "triton", "--input", "normalised", "-o", repository);
    const graph = join(repository, MODEL, "1", "model.onnx");
    const script = "triton/triton_server.py";
    const server = await startModelServer(t, { venv, script, name: MODEL, graph }).catch((error: Error) => {
      // PyTriton brings the first Python of a version, which cannot read the library of its later ones.
      if (error.message.includes("_recursion_count")) return error;
      throw error;
    });
    if (server instanceof Error) {
      return t.skip("PyTriton's Python does not run with this one's library: set PYTHON to an older 3.11");
    }
    const drawn = join(folder, "drawn");
    mkdirSync(drawn);
    await simulateInto(drawn, { frames: 21, width: 48, height: 40, density: 1 }, { seed: 4 });
    const stack = join(drawn, "frames.tif");
    const [here, there] = [join(folder, "here"), join(folder, "there")];
    await run("predict", stack, "-m", MODEL, "-o", here);
    const { stderr } = await run("predict", stack, "-m", MODEL, "-o", there, "--engine", server.url);
    assert.doesNotMatch(stderr, /ServerWarning/);
    for (const name of ["frames.counts.csv", "frames.density.tif"]) {
      assert.ok(readFileSync(join(there, name)).equals(readFileSync(join(here, name))), name);
    }
    for (const [model, url, message] of [
      ["defcon", `${server.url}/v2/models/${MODEL}`, /The server has other weights under this name/],
      ["defcon", server.url, /model defcon of server .* expected to be there, found status 404/],
      [MODEL, `${server.url}/v2/models/${MODEL}/versions/7`, /expected version 7 to be there/],
    ] as const) {
      const refused = await runCommand(
        ["predict", stack, "-m", model, "-o", folder, "--engine", url],
        folder,
      );
      assert.notEqual(refused.code, 0);
      assert.match(refused.stderr, message);
    }
  });
});
