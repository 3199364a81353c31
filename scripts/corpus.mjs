// npm run corpus [-- GROUP...]: installs, compiles, and shows what becomes of files of other programs.
import { ensureFresh } from "./lib/prepare.mjs";
import { run } from "./lib/run.mjs";

ensureFresh();
process.exitCode = run(process.execPath, ["dist/bench/corpus/main.js", ...process.argv.slice(2)]);
