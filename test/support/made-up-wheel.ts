import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";

/** What a wheel is to be like; the rest is as it should be. */
export interface MadeUp {
  name?: string;
  version?: string;
  tag?: string;
  files?: Readonly<Record<string, string>>;
  /** Changes the RECORD. */
  record?: (text: string) => string;
  /** Lists that are left out: "RECORD". */
  without?: readonly string[];
}

/** The files that ONNX Runtime's part for CUDA consists of, with no library in them. */
export const PART = {
  "onnxruntime/capi/libonnxruntime_providers_cuda.so": "no library at all",
  "onnxruntime/capi/libonnxruntime_providers_shared.so": "none either",
};

/**
 * Writes a small wheel by the rules of the binary distribution format:
 * https://packaging.python.org/en/latest/specifications/binary-distribution-format/
 * @returns its path
 */
export function madeUpWheel(folder: string, wheel: MadeUp = {}): string {
  const {
    name = "onnxruntime-gpu",
    version = "1.30.0",
    tag = "cp312-cp312-manylinux_2_28_x86_64",
    files = PART,
    record = (text) => text,
    without = [],
  } = wheel;
  const beginning = `${name.replaceAll("-", "_")}-${version}`;
  const list = (each: string) => `${beginning}.dist-info/${each}`;
  const content: Record<string, string> = {
    ...files,
    "onnxruntime/capi/build_and_package_info.py": "cuda_version = '13.0'\n",
    [list("METADATA")]: `Metadata-Version: 2.4\nName: ${name}\nVersion: ${version}\n\nVersion: of the text\n`,
    [list("WHEEL")]: `Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: ${tag}\n`,
  };
  const rows = Object.entries(content).map(([path, text]) => {
    const hash = createHash("sha256").update(text).digest("base64url");
    return `${path},sha256=${hash},${Buffer.byteLength(text)}`;
  });
  content[list("RECORD")] = record([...rows, `${list("RECORD")},,`, ""].join("\n"));
  for (const each of without) delete content[list(each)];
  const path = join(folder, `${beginning}-${tag}.whl`);
  const bytes = Object.entries(content).map(([place, text]) => [place, Buffer.from(text)] as const);
  writeFileSync(path, zipSync(Object.fromEntries(bytes)));
  return path;
}
