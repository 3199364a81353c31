// npm run test:python: installs the Python client as a wheel into a virtual environment of its own, then tests it with this program's daemon.
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBuilt } from "./lib/prepare.mjs";
import { root, run, runOrExit } from "./lib/run.mjs";

const TOOLS = ["pytest==9.2.0", "mypy==2.4.1", "ruff==0.17.6"];
const python = process.platform === "win32" ? "python" : "python3";
const venv = join(root, ".python-venv");
const inVenv = join(venv, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");

const recent = "import sys; sys.exit(sys.version_info < (3, 10))";
if (run(python, ["-c", recent]) !== 0) {
  console.log("Python part skipped: Python 3.10 or later not found.");
  process.exit(0);
}
ensureBuilt();
if (!existsSync(inVenv)) {
  runOrExit("Making the Python client's environment", python, ["-m", "venv", venv]);
  runOrExit("Installing the tools that test it", inVenv, ["-m", "pip", "install", "--quiet", ...TOOLS]);
}
const wheels = mkdtempSync(join(tmpdir(), "defcon-fiji-wheel-"));
try {
  const pip = (what, ...words) => runOrExit(what, inVenv, ["-m", "pip", ...words]);
  pip("Building its wheel", "wheel", "--quiet", "--no-deps", "-w", wheels, "./python");
  const wheel = join(wheels, readdirSync(wheels)[0]);
  pip("Installing what it needs", "install", "--quiet", wheel);
  // pip leaves an installed version in place, also one that was built before the latest change.
  pip("Installing it", "install", "--quiet", "--force-reinstall", "--no-deps", wheel);
} finally {
  rmSync(wheels, { recursive: true, force: true });
}
const parts = [
  ["ruff", "check", "python"],
  ["ruff", "format", "--check", "python"],
  ["mypy", "--config-file", "python/pyproject.toml", "python/src"],
  ["pytest", "-q", "-p", "no:cacheprovider", "python"],
];
const codes = parts.map((part) => run(inVenv, ["-m", ...part]));
process.exitCode = codes.find((code) => code !== 0) ?? 0;
