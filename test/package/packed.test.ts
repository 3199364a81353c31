import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { packageRoot } from "../../src/base/home.js";
import { oracleStacks, RANDOM_MODEL } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

const run = promisify(execFile);

test("the packed tarball installs from the package registry alone, and counts", async (t) => {
  const folder = temporaryFolder(t);
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], {
    cwd: packageRoot,
    maxBuffer: 1 << 26,
  });
  const [{ filename, files }] = JSON.parse(stdout.slice(stdout.indexOf("["))) as [
    { filename: string; files: { path: string }[] },
  ];
  const own = files.map(({ path }) => path).filter((path) => !path.startsWith("node_modules/"));
  for (const needed of ["LICENSE", "README.md", "package.json", "THIRD-PARTY.md", "bin/defcon-fiji.js"]) {
    assert.ok(own.includes(needed), `${needed} is in the package`);
  }
  assert.deepEqual(
    own.filter((path) => /^(test|src|bench|scripts|docs|java-|\.)|\.map$|\.test\./.test(path)),
    [],
  );

  // No configuration of the user or the project, and no variable, may be what keeps the install script from running.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(npm_|ONNXRUNTIME)/i.test(key)),
  );
  await run(
    "npm",
    ["install", "--global", "--prefix", folder, "--userconfig", join(folder, "none"), join(folder, filename)],
    {
      cwd: folder,
      env,
      maxBuffer: 1 << 26,
    },
  );
  const installed = join(folder, "lib", "node_modules", "defcon-fiji");
  const bundled = JSON.parse(
    readFileSync(join(installed, "node_modules", "onnxruntime-node", "package.json"), "utf8"),
  );
  assert.equal(bundled.scripts.postinstall, undefined);

  const command = join(folder, "bin", "defcon-fiji");
  const options = { cwd: folder, env: { ...env, DEFCON_FIJI_HOME: folder } };
  const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8"));
  assert.equal((await run(command, ["--version"], options)).stdout.trim(), version);
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
