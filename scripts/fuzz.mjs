// npm run fuzz [-- KIND... --amount N --seed S]: installs, compiles, and gives changed messages and files to the program.
// npm run fuzz -- java has jazzer give the plugin messages and discovery files, 20,000 of each kind.
import { join } from "node:path";
import { ensureFresh } from "./lib/prepare.mjs";
import { maven, root, run } from "./lib/run.mjs";

/** Jazzer runs one test in a process. */
const JAVA_TESTS = [
  "IncomingFuzzTest#messagesOfTheProtocolNeverBreakTheConnectionsThread",
  "IncomingFuzzTest#bytesNeverBreakTheConnectionsThread",
  "DiscoveryFuzzTest#anyFileIsAnAddressOrADaemonException",
];

const args = process.argv.slice(2);
if (args[0] === "java") {
  const env = { ...process.env, JAZZER_FUZZ: "1" };
  const codes = JAVA_TESTS.map((test) => {
    const code = maven(["test", `-Dtest=${test}`, "-Ddefcon.excluded="], {
      cwd: join(root, "java-bridge"),
      env,
    });
    console.log(`${code === 0 ? "holds" : "FAILS"}: ${test}`);
    return code;
  });
  process.exitCode = codes.find((code) => code !== 0) ?? 0;
} else {
  ensureFresh();
  process.exitCode = run(process.execPath, ["dist/bench/fuzz/main.js", ...args]);
}
