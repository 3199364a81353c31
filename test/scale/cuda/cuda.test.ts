import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { CUDA_IS_MADE } from "../../../src/engine/added-cuda.js";
import { finished, startCommand } from "../../support/command.js";
import { temporaryFolder } from "../../support/temporary.js";

/** The real wheels of onnxruntime-gpu and of NVIDIA's libraries, as pip fetches them: 1.6 GB. */
const skip = CUDA_IS_MADE ? false : "ONNX Runtime has CUDA for Linux x64 alone";
const home = temporaryFolder({ after });
const compiler = has("gcc", "--version") ? false : "no gcc";
const driver =
  skip || !execFileSync("ldconfig", ["-p"]).includes("libcuda.so.1") ? false : "a driver is there";

function has(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** What doctor says of CUDA. */
async function doctorOnCuda(env: Record<string, string> = {}): Promise<{ state: string; detail: string }> {
  const { stdout } = await finished(startCommand(["doctor", "--json"], home, undefined, env));
  const { lines } = JSON.parse(stdout) as { lines: { name: string; state: string; detail: string }[] };
  return lines.find(({ name }) => name === "onnxruntime on cuda")!;
}

test("pip's wheels give the part and NVIDIA's libraries, and only the driver is missing", {
  skip,
}, async (t) => {
  const { code, stdout, stderr } = await finished(
    startCommand(["device", "add", "cuda", "--libraries"], home),
  );
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^added the part for CUDA of ONNX Runtime /);
  const { state, detail } = await doctorOnCuda();
  t.diagnostic(`${state}: ${detail}`);
  if (driver) assert.ok(state === "ok" || detail.startsWith("CUDA failure"), detail);
  else assert.match(detail, /^libcuda\.so\.1: cannot open shared object file/);
});

/** A driver of CUDA 13.5 that knows no card: every call fails as the driver of such a machine fails. */
const STAND_IN = `
#define _GNU_SOURCE
#include <dlfcn.h>
int cuInit(unsigned flags) { return 100; }
int cuDriverGetVersion(int *version) { *version = 13050; return 0; }
int cuGetProcAddress(const char *name, void **to, int version, unsigned long flags) {
  *to = dlsym(RTLD_DEFAULT, name);
  return *to ? 0 : 500;
}
int cuGetProcAddress_v2(const char *name, void **to, int version, unsigned long flags, int *status) {
  *to = dlsym(RTLD_DEFAULT, name);
  if (status) *status = *to ? 0 : 1;
  return *to ? 0 : 500;
}
${["cuGetErrorString", "cuModuleGetFunction", "cuModuleLoadData", "cuModuleUnload"]
  .concat(["cuTensorMapEncodeIm2col", "cuTensorMapEncodeTiled"])
  .map((name) => `int ${name}(void) { return 100; }`)
  .join("\n")}
`;

test("with a driver that knows no card, CUDA itself says so through the part", {
  skip: skip || compiler || driver,
}, async () => {
  assert.ok(existsSync(join(home, "devices", "cuda", "device.json")), "the test before has added it");
  const folder = temporaryFolder({ after });
  writeFileSync(join(folder, "driver.c"), STAND_IN);
  const library = join(folder, "libcuda.so.1");
  const how = ["-shared", "-fPIC", "-w", "-Wl,-soname,libcuda.so.1", "-o", library, join(folder, "driver.c")];
  await promisify(execFile)("gcc", [...how, "-ldl"]);
  const { detail } = await doctorOnCuda({ LD_LIBRARY_PATH: folder });
  assert.equal(detail, "CUDA failure 100: no CUDA-capable device is detected");
});
