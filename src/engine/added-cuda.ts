import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { messageOf } from "../base/errors.js";
import { defconHome } from "../base/home.js";
import { isRecord } from "../base/is-record.js";

/**
 * ONNX Runtime's part for CUDA, as `defcon-fiji device add cuda` lays it down.
 * ONNX Runtime looks for the part beside its own library and nowhere else. So the folder holds a
 * copy of onnxruntime-node with the part in it, and this program's own packages stay as they are.
 */
export interface AddedCuda {
  /** Version of ONNX Runtime. */
  version: string;
  /** Sizes by path below the folder, parts joined by "/". */
  files: Readonly<Record<string, number>>;
  /** The wheels that it was taken from, by file name, with their SHA-256 in hexadecimal. */
  wheels: Readonly<Record<string, string>>;
}

/** The list of what was added, in the folder's root. */
export const ADDED_LIST = "device.json";
/** Where the copies of packages lie, as Node.js looks for them. */
export const ADDED_PACKAGES = "node_modules";
/** Where NVIDIA's libraries lie, if they were added too. */
export const ADDED_LIBRARIES = "libraries";
/** The folder of the native library, below a package onnxruntime-node. */
export const NATIVE_FOLDER: string = join("bin", "napi-v6", process.platform, process.arch);
/** The file that shows that a folder has the part. */
export const CUDA_LIBRARY = "libonnxruntime_providers_cuda.so";
/** The file that ONNX Runtime loads before any part. */
export const SHARED_LIBRARY = "libonnxruntime_providers_shared.so";

/**
 * NVIDIA's libraries that the part needs or asks for, each after those that it needs itself.
 * Once loaded, a library is found by its name, wherever it lies.
 */
const LOADED_FIRST = [
  ...["libcudart.", "libcublasLt.", "libcublas.", "libcurand.", "libcufft."],
  ...["libnvJitLink.", "libnvrtc.", "libcudnn."],
];
/** RTLD_NODELETE of Linux: Node.js closes at once what is no module of its own. */
const KEEP_LOADED = 0x1000;

const require = createRequire(import.meta.url);

/** Whether ONNX Runtime has a part for CUDA for this system. */
export const CUDA_IS_MADE: boolean = process.platform === "linux" && process.arch === "x64";

/** Where the part for CUDA is added. */
export function cudaFolder(): string {
  return join(defconHome(), "devices", "cuda");
}

/** The folder and version of this program's own onnxruntime-node. @throws Error of Node.js */
export function ownRuntime(): { folder: string; version: string } {
  const folder = dirname(dirname(require.resolve("onnxruntime-node")));
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  return { folder, version };
}

/** What was added, whether it is whole, and why it is not used. */
export type CudaState =
  | { state: "none" }
  | { state: "whole"; added: AddedCuda }
  | { state: "unusable"; reason: string };

/** Looks at what was added. It never throws: what cannot be read is unusable. */
export function addedCuda(folder: string = cudaFolder()): CudaState {
  if (!statSync(folder, { throwIfNoEntry: false })) return { state: "none" };
  try {
    const added: unknown = JSON.parse(readFileSync(join(folder, ADDED_LIST), "utf8"));
    if (!isAdded(added)) return unusable(`${join(folder, ADDED_LIST)} is damaged`);
    const { version } = ownRuntime();
    if (added.version !== version) {
      return unusable(`it is of ONNX Runtime ${added.version}, and this program has ${version}`);
    }
    for (const [name, size] of Object.entries(added.files)) {
      const found = statSync(join(folder, ...name.split("/")), { throwIfNoEntry: false })?.size;
      if (found !== size) return unusable(`${name} has ${found ?? "no"} bytes instead of ${size}`);
    }
    return { state: "whole", added };
  } catch (cause) {
    return unusable(messageOf(cause));
  }
}

function unusable(reason: string): CudaState {
  return { state: "unusable", reason };
}

function isAdded(value: unknown): value is AddedCuda {
  if (!isRecord(value)) return false;
  const { version, files, wheels } = value;
  return typeof version === "string" && isRecord(files) && isRecord(wheels);
}

/**
 * The package that has the part for CUDA: the added copy, or this program's own where a part was
 * laid into that; undefined where there is none.
 */
export function runtimeWithCuda(): string | undefined {
  if (addedCuda().state === "whole") return join(cudaFolder(), ADDED_PACKAGES, "onnxruntime-node");
  const { folder } = ownRuntime();
  return statSync(join(folder, NATIVE_FOLDER, CUDA_LIBRARY), { throwIfNoEntry: false }) && folder;
}

/** Loads NVIDIA's libraries that were added. What does not load is left for the system to have. */
export function loadAddedLibraries(): void {
  const state = addedCuda();
  if (state.state !== "whole") return;
  const libraries = Object.keys(state.added.files).filter((name) => name.startsWith(`${ADDED_LIBRARIES}/`));
  for (const beginning of LOADED_FIRST) {
    for (const name of libraries) {
      if (name.slice(ADDED_LIBRARIES.length + 1).startsWith(beginning))
        loadingTrouble(join(cudaFolder(), name));
    }
  }
}

/**
 * Loads a library into this process for good.
 * @returns the system's own sentence where it does not load; undefined where it does
 */
export function loadingTrouble(library: string): string | undefined {
  try {
    process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_NOW | KEEP_LOADED);
  } catch (cause) {
    const text = messageOf(cause);
    // It is loaded all the same: this says only that it is no module of Node.js.
    if (!text.includes("did not self-register")) return text.split("\n", 1)[0]!;
  }
  return undefined;
}
