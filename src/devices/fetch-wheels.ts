import { execFile } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { throwIfCancelled } from "../base/cancelled.js";
import { InputError, messageOf, systemErrorCode } from "../base/errors.js";
import { DEVICE_LIMITS } from "../base/limits.js";

const PYTHONS = ["python3", "python"];
/**
 * What is asked of pip, whatever Python it runs in: wheels for Linux x64 alone. What is taken out of
 * them has nothing to do with Python's version; this one only has wheels.
 */
const WANTED = [
  ...["--only-binary=:all:", "--implementation", "cp", "--python-version", "3.12"],
  ...["manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014"].flatMap((platform) => [
    "--platform",
    `${platform}_x86_64`,
  ]),
];
const QUIET = ["--quiet", "--no-input", "--disable-pip-version-check"];

/**
 * Has pip fetch wheels from the registry that it is set up for.
 * @param folder is made; the wheels come to lie in it
 * @param requirements as pip takes them: "onnxruntime-gpu==1.30.0"
 * @param needs whether the packages that those need are fetched too
 * @returns paths of the wheels
 * @throws InputError INPUT_NOT_FOUND where there is no pip, or it fails; DefconError CANCELLED
 */
export async function fetchWheels(
  folder: string,
  requirements: readonly string[],
  needs: boolean,
  signal?: AbortSignal,
): Promise<string[]> {
  const what = [...requirements, ...(needs ? [] : ["--no-deps"])];
  const args = ["-m", "pip", "download", ...what, "--dest", folder, ...WANTED, ...QUIET];
  await mkdir(folder, { recursive: true });
  for (const python of PYTHONS) {
    try {
      // Python looks for modules in the folder that it is started in first; this one is empty.
      const options = { cwd: folder, timeout: DEVICE_LIMITS.fetchTimeoutMs, ...(signal && { signal }) };
      await promisify(execFile)(python, args, options);
      return (await readdir(folder))
        .filter((name) => name.endsWith(".whl"))
        .map((name) => join(folder, name));
    } catch (cause) {
      throwIfCancelled(signal);
      if (systemErrorCode(cause) !== "ENOENT")
        throw noWheel(requirements, `${python} -m pip: ${lastWords(cause)}`);
    }
  }
  throw noWheel(requirements, `no ${PYTHONS.join(" and no ")} on PATH`);
}

function lastWords(cause: unknown): string {
  const { stderr = "", killed = false } = cause as { stderr?: string; killed?: boolean };
  if (killed) return `no end within ${DEVICE_LIMITS.fetchTimeoutMs / 60_000} minutes`;
  const lines = stderr.trim().split("\n");
  return lines.findLast((line) => line.startsWith("ERROR")) ?? (lines.at(-1) || messageOf(cause));
}

function noWheel(requirements: readonly string[], found: string): InputError {
  return new InputError("INPUT_NOT_FOUND", {
    subject: requirements.join(" "),
    expected: "Python 3 with pip, which fetches it from the registry that it is set up for",
    found,
    advice: `Where pip works, run: pip download ${requirements.map((each) => `"${each}"`).join(" ")} --only-binary=:all:. Then name the wheels with --wheel.`,
  });
}
