// A program of its own that run-check.ts starts with a check's name; it sends the check's lines.
import { brokenLine, type Line } from "./check.js";
import { CHECKS } from "./checks.js";

// Once the lines are sent, or the process that asked has ended.
process.once("disconnect", () => process.exit());

const name = process.argv[2]!;
const lines = await linesOf(name).catch((thrown) => [brokenLine(name, thrown)]);
process.send!(lines, () => process.disconnect());

async function linesOf(name: string): Promise<Line[]> {
  return CHECKS.find((check) => check.name === name)!.lines();
}
