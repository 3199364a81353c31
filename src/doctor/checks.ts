import type { Check } from "./check.js";
import { daemonLines } from "./daemon.js";
import { ENGINE_ROWS, engineChecks } from "./engines.js";
import { fijiLines } from "./fijis.js";
import { javaLines } from "./java.js";
import { memoryLines } from "./memory.js";
import { modelLines } from "./models.js";
import { nodeLines } from "./node.js";
import { pluginLines, programLines } from "./versions.js";

/**
 * All checks of doctor, in the order of its report.
 * A machine is fit to count if no line of any check is broken and no line of a needed check is
 * missing. The exit code says the same.
 */
export const CHECKS: readonly Check[] = [
  { name: "defcon-fiji", needed: true, lines: programLines },
  { name: "Node.js", needed: true, lines: nodeLines },
  { name: "memory", needed: false, lines: memoryLines },
  ...ENGINE_ROWS.flatMap(engineChecks),
  { name: "models", needed: true, lines: modelLines },
  { name: "plugin", needed: false, lines: pluginLines },
  { name: "Fiji", needed: false, lines: fijiLines },
  { name: "daemon", needed: false, lines: daemonLines },
  { name: "Java", needed: false, lines: javaLines },
];
