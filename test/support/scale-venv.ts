import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../../src/base/home.js";

/** An environment of Python that `npm run test:scale` makes. */
export class ScaleVenv {
  /** Its Python. */
  readonly python: string;
  /** Reason to skip tests that need it, or false. */
  readonly missing: string | false;

  /** @param name of .scale-venv-NAME, and of the folder test/scale/NAME */
  constructor(private readonly name: string) {
    this.python = join(packageRoot, `.scale-venv-${name}`, "bin", "python");
    this.missing = existsSync(this.python) ? false : `needs ${this.python}: npm run test:scale makes it`;
  }

  /** Runs a script of test/scale/NAME with this project's Python package; gives the JSON of its last line. */
  async run<T>(script: string, ...args: string[]): Promise<T> {
    const path = join(packageRoot, "test", "scale", this.name, script);
    const env = { ...process.env, PYTHONPATH: join(packageRoot, "python", "src") };
    const { stdout } = await promisify(execFile)(this.python, [path, ...args], { env, maxBuffer: 1 << 26 });
    return JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as T;
  }
}
