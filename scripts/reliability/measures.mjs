// Measures as rows: what was done, how often, and what came of it. Each is a program of bench/reliability/.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../lib/run.mjs";
import { row } from "./page.mjs";

const COLUMNS = ["measure", "amount", "result"];

/** A part of the page made by dist/bench/reliability/NAME.js, which exports `measure(args)`. */
export function measure(name, title) {
  return {
    name,
    title,
    columns: COLUMNS,
    isTest: false,
    async run(args) {
      const program = pathToFileURL(join(root, "dist", "bench", "reliability", `${name}.js`)).href;
      const found = await (await import(program)).measure(args);
      for (const { what, amount, result } of found) console.log(`${what}: ${amount}: ${result}`);
      return {
        rows: found.map(({ what, amount, result }) => row(what, amount, result)),
        isPartial: args.includes("--only"),
        failed: found.filter(({ holds }) => !holds).length,
      };
    },
  };
}
