// npm run demo [-- OPTIONS]: installs, compiles, and counts a stack through the daemon as Fiji would.
import { ensureFresh } from "./lib/prepare.mjs";
import { run } from "./lib/run.mjs";

ensureFresh();
process.exitCode = run(process.execPath, ["bin/defcon-fiji.js", "demo", ...process.argv.slice(2)]);
