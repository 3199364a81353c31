import { delimiter, join } from "node:path";
import { root } from "./run.mjs";

/** Lets the programs that are started from here find TensorFlow.js' binding, where scripts/oracle/make-tfjs.sh has built it. */
export function offerTensorFlow() {
  process.env.NODE_PATH = [join(root, ".tfjs-node", "node_modules"), process.env.NODE_PATH]
    .filter(Boolean)
    .join(delimiter);
}
