// npm run soak [-- SECONDS]: a camera of 100 frames a second in a real ImageJ with live count beside it, for 300 s by default; then the daemon is killed.
// Prints what was measured.
import { join } from "node:path";
import { missingForJava } from "./lib/plugin-jar.mjs";
import { ensureBuilt } from "./lib/prepare.mjs";
import { maven, root } from "./lib/run.mjs";

const seconds = process.argv[2] ?? "300";
const missing = missingForJava();
if (missing.length > 0) {
  console.error(
    `Live count's soak needs ${missing.join(" and ")}: install a JDK (11 or later) and Maven (3.8 or later).`,
  );
  process.exit(1);
}
ensureBuilt();
process.exitCode = maven(["test", "-Dtest=LiveSoakTest", `-Ddefcon.soak.seconds=${seconds}`], {
  cwd: join(root, "java-bridge"),
});
