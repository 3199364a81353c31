// Run by npm before it packs: compiles what is not compiled yet, builds the plugins' jars, and prepares the bundled onnxruntime-node.
import { join } from "node:path";
import { ensurePluginJars, layPluginJars } from "./lib/plugin-jar.mjs";
import { ensureFresh } from "./lib/prepare.mjs";
import { root } from "./lib/run.mjs";
import { stripInstallScripts } from "./lib/strip-install-scripts.mjs";

ensureFresh();
const trouble = ensurePluginJars();
if (trouble) {
  console.error(`The package was not made: it would lack a plugin. ${trouble}`);
  process.exit(1);
}
layPluginJars();
stripInstallScripts(join(root, "node_modules/onnxruntime-node"));
