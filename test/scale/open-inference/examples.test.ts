import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { packageRoot } from "../../../src/base/home.js";
import { startServe } from "../../support/serve.js";
import { temporaryFolder } from "../../support/temporary.js";

const python = process.env.DEFCON_FIJI_SCALE_PYTHON;
const skip = python === undefined && "needs tritonclient and kserve, which npm run test:scale installs";
const page = readFileSync(join(packageRoot, "docs", "open-inference.md"), "utf8");

/** The programs of a language in docs/open-inference.md. */
function programs(language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, text]) => text!);
}

test("the programs of docs/open-inference.md count", { skip }, async (t) => {
  const home = temporaryFolder(t);
  const args = ["serve", "--json", "--open-inference", "http=127.0.0.1:0", "grpc=127.0.0.1:0"];
  const served = await startServe(home, args);
  t.after(() => void served.child.kill());
  const opened = served.events.find((event) => event.event === "open-inference")!;
  const [http, grpc] = opened.addresses.map((address) => address.split("=")[1]!) as [string, string];
  const folder = temporaryFolder(t);
  const own = join(packageRoot, "test", "scale", "open-inference", "frames.py");
  await promisify(execFile)(python!, [own, folder]);
  copyFileSync(join(folder, "small.npy"), join(folder, "frames.npy"));
  /** A program for this daemon instead of the user's. */
  const adapted = (program: string) =>
    program
      .replaceAll("127.0.0.1:8000", http)
      .replaceAll("127.0.0.1:8001", grpc)
      .replaceAll('Path.home() / ".defcon-fiji/daemon.json"', `Path(${JSON.stringify(home)}) / "daemon.json"`)
      .replaceAll('os.homedir() + "/.defcon-fiji/daemon.json"', JSON.stringify(join(home, "daemon.json")));
  const run = async (command: string, ...words: string[]) =>
    (await promisify(execFile)(command, words, { cwd: folder })).stdout;

  const [triton, kserveGrpc, kserveRest, ...others] = programs("python").map(adapted);
  assert.equal(others.length, 0);
  assert.match(
    await run(python!, "-c", triton!),
    /^\d+\.\d\d ± \d+\.\d\d molecules\n(.*\n)*\(2, 64, 64\)\n$/,
  );
  const byGrpc = triton!.replace("tritonclient.http", "tritonclient.grpc").replaceAll(http, grpc);
  assert.equal(await run(python!, "-c", byGrpc), await run(python!, "-c", triton!));
  assert.match(await run(python!, "-c", kserveGrpc!), /^count \[[\d. ]+\]$/m);
  assert.match(await run(python!, "-c", kserveRest!), /'count': \[/);
  const [curl] = programs("sh").map(adapted);
  const answers = await run("sh", "-c", curl!);
  assert.match(answers, /"ready":true/);
  assert.match(answers, /"outputs":\[\{"name":"count","shape":\[1\],"datatype":"FP64","data":\[[\d.]+\]/);
});
