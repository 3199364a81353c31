import { cp, mkdir, readdir, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, sep } from "node:path";
import { type FolderRule, fillFolderAtomically, writeFiles } from "../base/atomic-folder.js";
import { checkDiskSpace } from "../base/disk-space.js";
import { EngineError, InputError } from "../base/errors.js";
import { ownEntries, pathsBelow } from "../base/folder-paths.js";
import {
  ADDED_LIBRARIES,
  ADDED_LIST,
  ADDED_PACKAGES,
  type AddedCuda,
  CUDA_IS_MADE,
  CUDA_LIBRARY,
  cudaFolder,
  NATIVE_FOLDER,
  ownRuntime,
  SHARED_LIBRARY,
} from "../engine/added-cuda.js";
import { fetchWheels } from "./fetch-wheels.js";
import { type Unpacked, unpackWheel } from "./wheel.js";

/** The package of Python that has ONNX Runtime's part for CUDA. */
const PACKAGE = "onnxruntime-gpu";
/** NVIDIA's libraries in its wheels, without those that stand in for BLAS and FFTW. */
const NVIDIA_LIBRARY =
  /^nvidia\/(?:[\w.-]+\/)*lib\/(lib(?:cudart|cublas|cublasLt|curand|cufft|nvJitLink|nvrtc|nvrtc-builtins|cudnn\w*)\.so(?:\.\d+)*)$/;
/** Bytes that the part and its wheel take, and NVIDIA's libraries and their wheels, roughly. */
const NEEDED_BYTES = { part: 700_000_000, libraries: 3_700_000_000 };

/** How the part for CUDA is added. */
export interface AddOptions {
  /** Paths of wheels to take it from; pip fetches them where left out. */
  wheels?: readonly string[] | undefined;
  /** Whether pip fetches NVIDIA's libraries too. */
  libraries?: boolean | undefined;
  signal?: AbortSignal | undefined;
  /** Called before each step, with what it does. */
  onStep?: ((what: string) => void) | undefined;
}

const RULE: FolderRule = {
  title: "what was added before",
  isOne: (paths) =>
    ownEntries(paths).every((name) => [ADDED_LIST, ADDED_PACKAGES, ADDED_LIBRARIES].includes(name)),
  // It is this program's own folder: adding again puts it right.
  force: true,
};

/**
 * Adds ONNX Runtime's part for CUDA, from the wheel of Python that has it.
 * The folder appears whole or not at all; what was added before stays until then.
 * @throws EngineError ENGINE_UNAVAILABLE on a system that ONNX Runtime has no such part for;
 * InputError as {@link fetchWheels} and {@link unpackWheel} do, INPUT_OPTION for a wheel of another
 * package, version or system; DefconError CANCELLED
 */
export async function addCuda(options: AddOptions = {}): Promise<AddedCuda> {
  if (!CUDA_IS_MADE) throw notMade();
  const { libraries = false, signal, onStep = () => undefined } = options;
  const { folder: runtime, version } = ownRuntime();
  const folder = cudaFolder();
  let added: AddedCuda | undefined;
  checkDiskSpace(folder, NEEDED_BYTES.part + (libraries ? NEEDED_BYTES.libraries : 0));
  await fillFolderAtomically(folder, RULE, async (fresh) => {
    const fetched = join(fresh, "wheels");
    let { wheels } = options;
    if (!wheels) {
      const wanted = `${PACKAGE}${libraries ? "[cuda,cudnn]" : ""}==${version}`;
      onStep(`pip fetches ${wanted}`);
      wheels = await fetchWheels(fetched, [wanted], libraries, signal);
    }
    const taken = new Map<string, Unpacked>();
    for (const path of wheels) {
      // What Python itself needs comes along, and is not taken.
      if (!options.wheels && !/^(onnxruntime_gpu|nvidia_)/.test(basename(path))) continue;
      onStep(`unpacks ${basename(path)}`);
      const unpacked = await unpackWheel(path, fresh, placeOf, signal);
      checkWheel(path, unpacked, version);
      taken.set(basename(path), unpacked);
    }
    checkComplete(taken, version);
    await copyRuntime(runtime, fresh);
    await rm(fetched, { recursive: true, force: true });
    added = { version, files: await sizesBelow(fresh), wheels: hashesOf(taken) };
    await writeFiles(fresh, new Map([[ADDED_LIST, Buffer.from(`${JSON.stringify(added, null, 2)}\n`)]]));
  });
  return added!;
}

/**
 * Removes what {@link addCuda} added.
 * @returns whether anything was there
 * @throws InputError OUTPUT_EXISTS for a folder with anything else in it; OUTPUT_WRITE
 */
export async function removeCuda(): Promise<boolean> {
  const folder = cudaFolder();
  const paths = await pathsBelow(folder).catch(() => undefined);
  if (paths === undefined) return false;
  if (!RULE.isOne(paths, folder)) {
    throw new InputError("OUTPUT_EXISTS", {
      subject: folder,
      expected: "a folder with nothing in it but what device add has put there",
      found: `${ownEntries(paths).slice(0, 4).join(", ")} in it`,
      advice: "Nothing was removed. Move what is yours, then try again.",
    });
  }
  await rm(folder, { recursive: true, force: true });
  return true;
}

/** Where a wheel's file goes, below the folder; undefined for files that are not needed. */
function placeOf(name: string): string | undefined {
  const native = `${ADDED_PACKAGES}/onnxruntime-node/${NATIVE_FOLDER.split(sep).join("/")}`;
  for (const library of [CUDA_LIBRARY, SHARED_LIBRARY]) {
    if (name === `onnxruntime/capi/${library}`) return `${native}/${library}`;
  }
  const library = NVIDIA_LIBRARY.exec(name)?.[1];
  return library && `${ADDED_LIBRARIES}/${library}`;
}

/** Copies what this program uses of onnxruntime-node: its code, and the library of this system. */
async function copyRuntime(runtime: string, folder: string): Promise<void> {
  const require = createRequire(join(runtime, "package.json"));
  // The package's main file is dist/cjs/index.js.
  const common = dirname(dirname(dirname(require.resolve("onnxruntime-common"))));
  const copies: [from: string, to: string, what: string[]][] = [
    [runtime, "onnxruntime-node", ["package.json", "dist", NATIVE_FOLDER]],
    [common, "onnxruntime-common", ["package.json", "dist"]],
  ];
  for (const [from, to, what] of copies) {
    for (const each of what) {
      const target = join(folder, ADDED_PACKAGES, to, each);
      await mkdir(dirname(target), { recursive: true });
      await cp(join(from, each), target, { recursive: true, filter: (path) => !path.endsWith(".map") });
    }
  }
}

/** @throws InputError INPUT_OPTION */
function checkWheel(path: string, { name, version, tags }: Unpacked, wanted: string): void {
  if (!tags.some((tag) => tag.endsWith("-any") || /-(many)?linux\w*_x86_64$/.test(tag))) {
    throw unsuited(path, "a wheel for Linux x64", tags.join(", ") || "one that does not say its system");
  }
  if (name.startsWith("nvidia-")) return;
  if (name !== PACKAGE) throw unsuited(path, `a wheel of ${PACKAGE}, or one of NVIDIA's libraries`, name);
  if (version !== wanted) {
    throw unsuited(path, `${PACKAGE} ${wanted}, the version of this program's ONNX Runtime`, version);
  }
}

/** @throws InputError INPUT_OPTION */
function checkComplete(taken: ReadonlyMap<string, Unpacked>, version: string): void {
  const places = [...taken.values()].flatMap(({ files }) => [...files.keys()]);
  const missing = [CUDA_LIBRARY, SHARED_LIBRARY].filter(
    (library) => !places.some((each) => each.endsWith(library)),
  );
  if (missing.length === 0) return;
  throw unsuited(
    [...taken.keys()].join(", ") || "no wheel",
    `the wheel of ${PACKAGE} ${version} for Linux x64`,
    `none with ${missing.join(" and ")} in it`,
  );
}

function unsuited(path: string, expected: string, found: string): InputError {
  const advice = "Nothing was added. Without --wheel, pip fetches the right one.";
  return new InputError("INPUT_OPTION", { subject: path, expected, found, advice });
}

function notMade(): EngineError {
  return new EngineError("ENGINE_UNAVAILABLE", {
    subject: `device cuda on ${process.platform} ${process.arch}`,
    expected: "Linux on x64, which alone ONNX Runtime's package for Node.js has CUDA for",
    found: "another system",
    advice: "For a GPU here: --device webgpu.",
  });
}

function hashesOf(taken: ReadonlyMap<string, Unpacked>): Record<string, string> {
  return Object.fromEntries([...taken].map(([name, { sha256 }]) => [name, sha256]));
}

async function sizesBelow(folder: string): Promise<Record<string, number>> {
  const sizes: [place: string, size: number][] = [];
  for (const name of await readdir(folder, { recursive: true })) {
    const status = await stat(join(folder, name));
    if (status.isFile()) sizes.push([name.split(sep).join("/"), status.size]);
  }
  return Object.fromEntries(sizes.sort());
}
