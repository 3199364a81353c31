// npm run bench [-- OPTIONS]: installs, compiles, and measures.
import { ensureFresh } from "./lib/prepare.mjs";
import { run } from "./lib/run.mjs";
import { offerTensorFlow } from "./lib/tensorflow.mjs";

ensureFresh();
offerTensorFlow();
process.exitCode = run(process.execPath, ["dist/bench/main.js", ...process.argv.slice(2)]);
