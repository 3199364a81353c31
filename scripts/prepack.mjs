// Run by npm before it packs: compiles what is not compiled yet, and prepares the bundled onnxruntime-node.
import { join } from "node:path";
import { ensureFresh } from "./lib/prepare.mjs";
import { root } from "./lib/run.mjs";
import { stripInstallScripts } from "./lib/strip-install-scripts.mjs";

ensureFresh();
stripInstallScripts(join(root, "node_modules/onnxruntime-node"));
