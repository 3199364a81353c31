// npm run reliability [-- PART [OPTIONS]]: attacks a daemon and breaks things, and writes the results into docs/reliability.md.
// Without a PART it runs all tests; the measures, which take longer, are run by name. Everything stays on this machine and ends by itself.
import { ensureFresh } from "./lib/prepare.mjs";
import { builds } from "./reliability/builds.mjs";
import { busySuite } from "./reliability/busy-suite.mjs";
import { measure } from "./reliability/measures.mjs";
import { putTable } from "./reliability/page.mjs";
import { tests } from "./reliability/tests.mjs";

/** The parts of the page, in their order. */
const PARTS = [
  tests("Without the token", "daemon/strangers", "daemon/request-gate", "daemon/admission"),
  tests(
    "With the token",
    ...["daemon/connection", "daemon/hostile-messages", "daemon/misbehaviour", "daemon/models"],
  ),
  tests("Files of others", "daemon/special-files"),
  tests(
    "Fair turns",
    "daemon/counting/large-frames",
    "daemon/counting/sharing",
    "daemon/counting/dispatcher",
  ),
  tests(
    "Faults",
    ...["daemon/life", "daemon/shutdown", "base/atomic-file", "base/running-process", "protocol/discovery"],
    ...["train/checkpoint", "daemon/counting/engine-thread", "cli/no-room"],
  ),
  tests("Access", "daemon/foreign-page", "daemon/tls"),
  tests("Limits", "base/limits", "base/disk-space", "daemon/counting/slots"),
  tests("Found by fuzzing", "bench/fuzz/findings"),
  measure("kills", "Killed at random moments"),
  measure("hostile", "Beside a hostile client"),
  measure("soak", "A million frames"),
  busySuite("busy-suite", "Beside busy processes"),
  measure("fuzz-messages", "Fuzzing: messages"),
  measure("fuzz-files", "Fuzzing: files"),
  builds,
];
const titles = PARTS.map(({ title }) => title);

const [asked, ...options] = process.argv.slice(2);
const chosen = PARTS.filter(({ name, isTest }) => (asked === undefined ? isTest : name === asked));
if (chosen.length === 0) {
  console.error(`There is no part ${asked}. The parts are: ${PARTS.map(({ name }) => name).join(", ")}.`);
  process.exit(1);
}
ensureFresh();
let failures = 0;
for (const { title, columns, run } of chosen) {
  const { rows, failed, isPartial } = await run(options);
  putTable(titles, title, columns, rows, isPartial);
  failures += failed;
}
process.exitCode = failures > 0 ? 1 : 0;
