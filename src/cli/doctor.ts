import { Command } from "commander";
import type { State } from "../doctor/check.js";
import { examine, type Findings, isTrouble } from "../doctor/doctor.js";
import { StatusLine } from "./progress.js";
import { table } from "./table.js";

/** `defcon-fiji doctor`: what works on this machine, and what to do about the rest. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description("try every part of this program on this machine and say what to do")
    .option("--json", "print as JSON")
    .addHelpText(
      "after",
      "\nExit code: 1 where something is broken, or where something is missing that counting needs; else 0.",
    )
    .action(run);
}

async function run({ json }: { json?: boolean }): Promise<void> {
  const status = new StatusLine();
  const findings = await examine((name) => status.show(() => `looking at ${name} ...`, true));
  status.clear();
  console.log(json ? JSON.stringify(findings) : describe(findings));
  if (!findings.healthy) process.exitCode = 1;
}

/** Colours of a terminal: green, yellow, red. */
const COLOURS: Record<State, number> = { ok: 32, missing: 33, broken: 31 };

function describe({ lines, healthy }: Findings): string {
  const rows = lines.flatMap(({ state, name, detail, advice }) => [
    [state, name, detail],
    ...(advice ? [["", "", advice]] : []),
  ]);
  const text = table(rows, ["state", "what", "found"]).replace(/^(ok|missing|broken)\b/gm, (state) =>
    coloured(state, COLOURS[state as State]),
  );
  const names = lines.filter(isTrouble).map(({ name }) => name);
  const verdict = healthy ? "All that counting needs is in order." : `Look after: ${names.join(", ")}.`;
  return `${text}\n\n${verdict}`;
}

/** Colours a text on terminals that have colours, unless NO_COLOR is set. */
function coloured(text: string, colour: number): string {
  return process.stdout.isTTY && process.stdout.hasColors() ? `\x1b[${colour}m${text}\x1b[0m` : text;
}
