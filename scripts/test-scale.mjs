// npm run test:scale [-- NAME …]: the tests with big programs of others (schedulers, model servers), a folder of test/scale for each. A folder with a
// requirements.txt gets a virtual environment of its own, .scale-venv-FOLDER.
// PYTHON names another Python to make environments with. Only folders whose name holds a NAME are tested; all without one. What is missing on a machine is skipped, and the reason printed.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt } from "./lib/prepare.mjs";
import { root, run } from "./lib/run.mjs";

const windows = process.platform === "win32";
const python = process.env.PYTHON ?? (windows ? "python" : "python3");
const names = process.argv.slice(2);
const folders = readdirSync(join(root, "test/scale"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .filter((folder) => names.length === 0 || names.some((name) => folder.includes(name)))
  .sort();
if (folders.length === 0) {
  console.error(`No folder of test/scale holds ${names.join(" or ")} in its name.`);
  process.exit(1);
}
process.env.ORT_DISABLE_TELEMETRY = "1";
ensureBuilt();
const codes = folders.map(testFolder);
process.exitCode = codes.find((code) => code !== 0) ?? 0;

function testFolder(folder) {
  makeEnvironment(folder);
  const tests = readdirSync(join(root, "dist/test/scale", folder), { recursive: true })
    .filter((file) => file.endsWith(".test.js"))
    .map((file) => join("dist/test/scale", folder, file))
    .sort();
  console.log(`\n${folder}`);
  // One file at a time: each starts servers and workers of its own.
  return run(process.execPath, ["--test", "--test-reporter=spec", "--test-concurrency=1", ...tests]);
}

/** Makes a folder's environment where it is not there, or its requirements have changed. Tests skip what needs one that cannot be made. */
function makeEnvironment(folder) {
  const file = join(root, "test/scale", folder, "requirements.txt");
  if (!existsSync(file)) return;
  const requirements = readFileSync(file, "utf8");
  const venv = join(root, `.scale-venv-${folder}`);
  const inside = join(venv, windows ? "Scripts/python.exe" : "bin/python");
  const stamp = join(venv, "installed.txt");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === requirements) return;
  console.log(
    `Making .scale-venv-${folder}: ${requirements
      .trim()
      .split(/\s*\n\s*/)
      .join(", ")}`,
  );
  rmSync(venv, { recursive: true, force: true });
  const made =
    run(python, ["-m", "venv", venv]) === 0 &&
    run(inside, ["-m", "pip", "install", "--quiet", "-r", file]) === 0;
  if (!made) {
    rmSync(venv, { recursive: true, force: true });
    console.log(`${folder}: its environment cannot be made with ${python}; what needs it is skipped.`);
    return;
  }
  writeFileSync(stamp, requirements);
}
