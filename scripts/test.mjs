// npm test [-- NAME …]: installs, compiles, checks the style, tests the Java part, then runs the tests whose path holds a NAME (all without one,
// else only the plugin's jar is built).
// Node's own summary is the last output; the exit code is 0 only if every part passed.
import { existsSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { run as runTests } from "node:test";
import { spec } from "node:test/reporters";
import { ensurePluginJars, missingForJava } from "./lib/plugin-jar.mjs";
import { ensureBuilt } from "./lib/prepare.mjs";
import { maven, root, run } from "./lib/run.mjs";
import { offerTensorFlow } from "./lib/tensorflow.mjs";

/**
 * Files that take half a minute or more, begun first, the longest before the others.
 * One of them that began last would run on alone, with a core idle beside it.
 */
const LONG = [
  "package/packed",
  "cli/predict",
  "daemon/training/tuning",
  "docs/training",
  "train/trainer",
  "cli/predict-following",
  "cli/train",
  "cli/reading-options",
  "cli/install",
  "cli/outputs",
  "cli/doctor",
  "web/status-page",
  "daemon/life",
  "tune/tune",
].map((name) => join("dist/test", `${name}.test.js`));

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
const gone = LONG.filter((file) => !existsSync(join(root, file)));
if (gone.length > 0) {
  console.error(`scripts/test.mjs begins with files that are not there: ${gone.join(", ")}.`);
  process.exit(1);
}
const tests = testFiles(filters);
if (tests.length === 0) {
  console.error(`No test file's path holds ${filters.join(" or ") || ".test.js"}.`);
  process.exit(1);
}
for (const [part, code] of Object.entries(parts)) {
  if (code !== 0) console.error(`The ${part} part failed (exit code ${code}); its output is above.`);
}
const code = await testNode(tests);
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

/** Runs test files in this order. @returns the exit code that node --test, which sorts them, would have */
async function testNode(files) {
  process.chdir(root);
  let code = 0;
  // Two files at a time: each may start workers and daemons of its own.
  const events = runTests({ files, concurrency: 2 }).on("test:fail", ({ todo }) => {
    if (todo === undefined || todo === false) code = 1;
  });
  for await (const text of events.compose(new spec())) process.stdout.write(text);
  return code;
}

function testFiles(names) {
  const place = (file) => (LONG.includes(file) ? LONG.indexOf(file) : LONG.length);
  return (
    readdirSync(join(root, "dist/test"), { recursive: true })
      .map((file) => join("dist/test", file))
      .filter((file) => file.endsWith(".test.js"))
      // npm run test:scale has these: they need programs that are no part of this one.
      .filter((file) => !file.startsWith(join("dist/test/scale", sep)))
      .filter((file) => names.length === 0 || names.some((name) => file.split(sep).join("/").includes(name)))
      .sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
  );
}
