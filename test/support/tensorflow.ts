import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { packageRoot } from "../../src/base/home.js";

/** TensorFlow.js' binding as scripts/oracle/make-tfjs.sh builds it. */
const MODULES = join(packageRoot, ".tfjs-node", "node_modules");
const BINDING = join(MODULES, "@tensorflow", "tfjs-node", "lib", "napi-v8", "tfjs_binding.node");

/** Reason to skip a test that computes with TensorFlow.js, or false. The scripts put its folder into NODE_PATH, where the program looks. */
export const withoutTensorFlow: string | false = !existsSync(BINDING)
  ? "needs TensorFlow.js' native binding: scripts/oracle/make-tfjs.sh"
  : !(process.env.NODE_PATH ?? "").split(delimiter).includes(MODULES) &&
    `needs ${MODULES} in NODE_PATH, as npm test has it`;
