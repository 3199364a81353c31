// The whole suite beside processes that only keep the processors busy: no test may depend on time or on who is faster.
import { spawn, spawnSync } from "node:child_process";
import { root } from "../lib/run.mjs";
import { row } from "./page.mjs";

const BUSY = 12;
const TIMES = 3;
/** Ends with the process that started it. */
const LOOP = `const parent = process.ppid; while (process.ppid === parent);`;

/** A part of the page: npm test, some times. Options of npm test may follow, such as the names of some tests. */
export function busySuite(name, title) {
  return { name, title, columns: ["measure", "amount", "result"], isTest: false, run };
}

async function run(args) {
  const loops = Array.from({ length: BUSY }, () =>
    spawn(process.execPath, ["-e", LOOP], { stdio: "ignore" }),
  );
  const results = [];
  try {
    for (let time = 1; time <= TIMES; time++) results.push(suite(time, args));
  } finally {
    for (const loop of loops) loop.kill("SIGKILL");
  }
  const failed = results.filter(({ code }) => code !== 0).length;
  const text = results.map(({ code, counts }) => (code === 0 ? counts : `FAILS: ${counts}`)).join("; ");
  const what = args.length > 0 ? `the tests whose path holds ${args.join(" or ")} pass` : "the suite passes";
  return { rows: [row(`${what} beside ${BUSY} busy processes`, `${TIMES} times`, text)], failed };
}

/** Runs the tests once and shows what they print. @returns the exit code and node's own summary */
function suite(time, args) {
  console.log(`the suite beside ${BUSY} busy processes, time ${time} of ${TIMES}`);
  const { status, stdout } = spawnSync(process.execPath, ["scripts/test.mjs", ...args], {
    ...{ cwd: root, encoding: "utf8", maxBuffer: 2 ** 30, stdio: ["ignore", "pipe", "inherit"] },
  });
  process.stdout.write(stdout);
  const count = (what) => [...stdout.matchAll(new RegExp(`^ℹ ${what} (\\d+)$`, "gm"))].at(-1)?.[1] ?? "?";
  return {
    code: status,
    counts: `${count("pass")} passed, ${count("fail")} failed, ${count("skipped")} skipped`,
  };
}
