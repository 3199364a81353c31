// npm run scale [-- PART...]: measures what frames cost, and simulates many workers, for docs/scale.md.
import { ensureFresh } from "./lib/prepare.mjs";
import { run } from "./lib/run.mjs";

ensureFresh();
process.exitCode = run(process.execPath, ["dist/bench/scale/main.js", ...process.argv.slice(2)]);
