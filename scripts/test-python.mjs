// npm run test:python: installs the Python client as a wheel into virtual environments of its own, then tests it with this program's daemon: the
// client, and its adapters with napari, pycro-manager and a real MMCore.
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBuilt } from "./lib/prepare.mjs";
import { isThere, root, run, runOrExit } from "./lib/run.mjs";

const TOOLS = ["pytest==9.2.0", "mypy==2.4.1", "ruff==0.17.6"];
const ADAPTERS = "python/tests/adapters";
const windows = process.platform === "win32";
const python = windows ? "python" : "python3";

const recent = "import sys; sys.exit(sys.version_info < (3, 10))";
if (run(python, ["-c", recent]) !== 0) {
  console.log("Python part skipped: Python 3.10 or later not found.");
  process.exit(0);
}
ensureBuilt();
const wheels = mkdtempSync(join(tmpdir(), "defcon-fiji-wheel-"));
process.on("exit", () => rmSync(wheels, { recursive: true, force: true }));
const client = environment(".python-venv", TOOLS);
if (!client) process.exit(1);
if (pip(client, "wheel", "--no-deps", "-w", wheels, "./python") !== 0) process.exit(1);
const wheel = join(wheels, readdirSync(wheels)[0]);
installWheel(client);
const codes = [
  ["ruff", "check", "python"],
  ["ruff", "format", "--check", "python"],
  ["mypy", "--config-file", "python/pyproject.toml", "python/src"],
  ["pytest", "-q", "-p", "no:cacheprovider", `--ignore=${ADAPTERS}`, "python"],
].map((part) => run(client, ["-m", ...part]));

const withPrograms = environment(".python-adapters-venv", ["-r", `${ADAPTERS}/requirements.txt`]);
if (withPrograms) {
  installWheel(withPrograms);
  const tests = [
    "-m",
    "pytest",
    "-q",
    "-W",
    "ignore",
    "-p",
    "no:cacheprovider",
    "--show-capture=no",
    ADAPTERS,
  ];
  // napari has a window only where Qt finds its system libraries; else its model alone is tested.
  const opens = "from qtpy.QtWidgets import QApplication; QApplication([])";
  const display = process.platform === "linux" && isThere("xvfb-run", ["-a", withPrograms, "-c", opens]);
  codes.push(display ? run("xvfb-run", ["-a", withPrograms, ...tests]) : run(withPrograms, tests));
} else {
  console.log("Adapters skipped: what they are tested with cannot be installed for this Python.");
}
process.exitCode = codes.find((code) => code !== 0) ?? 0;

/** The Python of an environment with some packages, made where it is not there; undefined if that fails. */
function environment(name, packages) {
  const folder = join(root, name);
  const inside = join(folder, windows ? "Scripts/python.exe" : "bin/python");
  if (existsSync(inside)) return inside;
  runOrExit(`Making ${name}`, python, ["-m", "venv", folder]);
  if (pip(inside, "install", ...packages) === 0) return inside;
  rmSync(folder, { recursive: true, force: true });
  return undefined;
}

function installWheel(python) {
  if (pip(python, "install", wheel) !== 0) process.exit(1);
  // pip leaves an installed version in place, also one that was built before the latest change.
  if (pip(python, "install", "--force-reinstall", "--no-deps", wheel) !== 0) process.exit(1);
}

function pip(python, command, ...words) {
  return run(python, ["-m", "pip", command, "--quiet", ...words]);
}
