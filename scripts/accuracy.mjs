// npm run accuracy [-- OPTIONS]: installs, compiles, and measures how well the shipped models count.
import { ensureFresh } from "./lib/prepare.mjs";
import { run } from "./lib/run.mjs";

ensureFresh();
process.exitCode = run(process.execPath, ["dist/bench/accuracy/main.js", ...process.argv.slice(2)]);
