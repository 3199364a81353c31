import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { EngineError, messageOf, systemErrorCode } from "../base/errors.js";
import { packageRoot } from "../base/home.js";
import { optionText } from "../base/option-text.js";
import type { Tfjs } from "./tfjs.js";

/** TensorFlow.js with TensorFlow's own C library. The GPU's comes first. */
export const BINDINGS = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"] as const;
export type BindingName = (typeof BINDINGS)[number];

/** A binding that was loaded. */
export interface Binding {
  tf: Tfjs;
  name: BindingName;
  /** Preferred bindings that were not loaded, each with the reason. */
  passedOver: string[];
}

const NOT_INSTALLED = "not installed";
/** How long npm may take to name its folder for global packages, ms. */
const NPM_PATIENCE = 10_000;

/**
 * Loads the first binding of a list that is installed and loads.
 * Bindings are looked for as Node.js does, from this program's own folder: that finds those beside
 * it, those of a global install, and those in the folders of NODE_PATH. Then comes npm's folder for
 * global packages. The folder that the user stands in is not searched: it may be anybody's, and
 * what is loaded runs.
 * @throws EngineError ENGINE_UNAVAILABLE
 */
export async function loadBinding(names: readonly BindingName[]): Promise<Binding> {
  // TensorFlow logs errors only, unless the user asks for more.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  completeUtil(createRequire(import.meta.url)("node:util"));
  const passedOver: string[] = [];
  for (const name of names) {
    try {
      const tf = await load(name);
      if (tf) return { tf, name, passedOver };
      passedOver.push(`${name} ${NOT_INSTALLED}`);
    } catch (cause) {
      passedOver.push(`${name} does not load: ${firstLine(messageOf(cause))}`);
    }
  }
  throw new EngineError("ENGINE_UNAVAILABLE", {
    subject: "engine tensorflow",
    expected: names.join(" or "),
    found: passedOver.join("; "),
    advice: `Install it where this program is installed (npm install -g ${names.at(-1)}). Or use ${optionText("engine", "onnxruntime")}.`,
  });
}

/**
 * Puts back a function that tfjs-node 4.22 calls and Node.js 23 has removed.
 * It is tfjs-node's last release (https://github.com/tensorflow/tfjs/issues/8609). Nothing that is
 * there is changed.
 * @param util the module of Node.js
 */
export function completeUtil(util: { isNullOrUndefined?: (value: unknown) => boolean }): void {
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

/**
 * @returns undefined where it is not installed
 * @throws what the module throws
 */
async function load(name: BindingName): Promise<Tfjs | undefined> {
  const path = resolveFrom(packageRoot, name) ?? resolveFrom(await globalFolder(), name);
  if (path === undefined) return undefined;
  const tf = createRequire(path)(path) as Tfjs;
  // Without its native part, TensorFlow.js would compute in JavaScript, a hundred times slower.
  if (tf.getBackend() !== "tensorflow") throw new Error(`its backend is ${tf.getBackend()}`);
  return tf;
}

function resolveFrom(folder: string | undefined, name: string): string | undefined {
  if (folder === undefined) return undefined;
  try {
    return createRequire(join(folder, "package.json")).resolve(name);
  } catch (cause) {
    if (systemErrorCode(cause) === "MODULE_NOT_FOUND") return undefined;
    throw cause;
  }
}

let asked: Promise<string | undefined> | undefined;

/** The folder whose node_modules npm installs global packages into; undefined without npm. */
function globalFolder(): Promise<string | undefined> {
  asked ??= promisify(execFile)("npm", ["root", "--global"], {
    shell: process.platform === "win32",
    timeout: NPM_PATIENCE,
    // Otherwise npm leaves a log of each call, and its folder, in the user's home.
    env: {
      ...process.env,
      npm_config_cache: tmpdir(),
      npm_config_logs_max: "0",
      npm_config_update_notifier: "false",
    },
  }).then(
    ({ stdout }) => dirname(stdout.trim()),
    () => undefined,
  );
  return asked;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]!.trim();
}
