// Run by npm before it packs: compiles what is not compiled yet, builds the plugin's jar, and prepares the bundled onnxruntime-node.
import { join } from "node:path";
import { ensurePluginJar, layPluginJar } from "./lib/plugin-jar.mjs";
import { ensureFresh } from "./lib/prepare.mjs";
import { root } from "./lib/run.mjs";
import { stripInstallScripts } from "./lib/strip-install-scripts.mjs";

ensureFresh();
const trouble = ensurePluginJar();
if (trouble) {
  console.error(`The package was not made: it would lack the Fiji plugin. ${trouble}`);
  process.exit(1);
}
layPluginJar();
stripInstallScripts(join(root, "node_modules/onnxruntime-node"));
