import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../src/base/home.js";

const python = join(
  packageRoot,
  ".oracle-venv",
  ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]),
);

/** Reason to skip a test that needs these Python modules of the oracles' environment, or false. */
export function withoutPython(...modules: string[]): string | false {
  const look = "import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, sys.argv[1:])))";
  if (spawnSync(python, ["-c", look, ...modules]).status === 0) return false;
  return `needs Python's ${modules.join(", ")} in .oracle-venv: scripts/oracle/make-venv.sh`;
}

/** Holds an exported model against its format's own software (scripts/oracle/check_exports.py). @throws Error with what that says is wrong */
export function checkExport(format: string, path: string): void {
  const script = join(packageRoot, "scripts", "oracle", "check_exports.py");
  const { status, stdout, stderr } = spawnSync(python, [script, format, path], { encoding: "utf8" });
  if (status !== 0) throw new Error(`exit code ${status}\n${stdout}${stderr}`);
}
