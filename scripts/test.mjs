// npm test [-- NAME …]: installs, compiles, checks the style, tests the Java part, then runs the tests whose path holds a NAME (all without one,
// else only the plugin's jar is built).
// Node's own summary is the last output; the exit code is 0 only if every part passed.
import { readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { ensurePluginJars, missingForJava } from "./lib/plugin-jar.mjs";
import { ensureBuilt } from "./lib/prepare.mjs";
import { maven, root, run } from "./lib/run.mjs";
import { offerTensorFlow } from "./lib/tensorflow.mjs";

const filters = process.argv.slice(2);
// Tests that run ONNX Runtime by itself must not report that either.
process.env.ORT_DISABLE_TELEMETRY = "1";
offerTensorFlow();
ensureBuilt();
const parts = filters.length > 0 ? {} : { style: checkStyle(), Java: testJava() };
if (filters.length > 0) {
  const trouble = ensurePluginJars();
  if (trouble) console.log(`Tests that install the plugin are skipped: ${trouble}`);
}
const tests = testFiles(filters);
if (tests.length === 0) {
  console.error(`No test file's path holds ${filters.join(" or ") || ".test.js"}.`);
  process.exit(1);
}
for (const [part, code] of Object.entries(parts)) {
  if (code !== 0) console.error(`The ${part} part failed (exit code ${code}); its output is above.`);
}
// Two files at a time: each may start workers and daemons of its own.
const code = run(process.execPath, ["--test", "--test-reporter=spec", "--test-concurrency=2", ...tests]);
process.exitCode = [...Object.values(parts), code].find((each) => each !== 0) ?? 0;

function checkStyle() {
  return run(process.execPath, [
    "node_modules/@biomejs/biome/bin/biome",
    "check",
    "--error-on-warnings",
    ".",
  ]);
}

function testJava() {
  const missing = missingForJava();
  if (missing.length > 0) {
    console.log(
      `Java part skipped: ${missing.join(" and ")} not found. Install a JDK (11 or later) and Maven (3.8 or later) to test it.`,
    );
    return 0;
  }
  const modules = [
    ["java-bridge", "verify"],
    ["micro-manager", "verify"],
    ["java-original", "test"],
  ];
  const codes = modules.map(([folder, goal]) => maven([goal], { cwd: join(root, folder) }));
  return codes.find((code) => code !== 0) ?? 0;
}

function testFiles(names) {
  return (
    readdirSync(join(root, "dist/test"), { recursive: true })
      .map((file) => join("dist/test", file))
      .filter((file) => file.endsWith(".test.js"))
      // npm run test:scale has these: they need programs that are no part of this one.
      .filter((file) => !file.startsWith(join("dist/test/scale", sep)))
      .filter((file) => names.length === 0 || names.some((name) => file.split(sep).join("/").includes(name)))
      .sort()
  );
}
