// npm run fuzz [-- KIND... --amount N --seed S]: installs, compiles, and gives changed messages and files to the program.
import { ensureFresh } from "./lib/prepare.mjs";
import { run } from "./lib/run.mjs";

ensureFresh();
process.exitCode = run(process.execPath, ["dist/bench/fuzz/main.js", ...process.argv.slice(2)]);
