import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { dirname, join } from "node:path";

/** Properties that a starter passes to Java. */
const FOLDER_PROPERTY = /-D(?:ij|fiji|imagej|plugins)\.dir=(.+?)(?=\0|$| -)/g;
/** A starter: ImageJ-linux64, fiji-linux-x64, ImageJ-macosx, fiji and others. */
const STARTER = /^(\/(?:[^\0]*?\/)?(?:imagej|fiji)(?:-[\w.-]+)?)(?=\0|$| )/gim;

/** Places that processes of a running Fiji point to; none where processes cannot be listed. */
export function placesOfRunning(platform: NodeJS.Platform): string[] {
  try {
    if (platform === "linux")
      return readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .flatMap(placesOfProcess);
    if (platform === "darwin")
      return placesInCommands(execFileSync("ps", ["-axo", "command="], { encoding: "utf8" }));
  } catch {
    // This is only a help: whoever has a Fiji in an unusual place can name it.
  }
  return [];
}

function placesOfProcess(pid: string): string[] {
  try {
    const folder = join("/proc", pid);
    return placesInCommands(
      `${readlinkSync(join(folder, "exe"))}\0\n${readFileSync(join(folder, "cmdline"), "utf8")}`,
    );
  } catch {
    return [];
  }
}

/**
 * @param commands one command line per line, its words separated by NUL, or by spaces where the
 * system does not tell
 */
export function placesInCommands(commands: string): string[] {
  const lines = commands.split("\n");
  const properties = lines.flatMap((line) =>
    [...line.matchAll(FOLDER_PROPERTY)].map(([, folder]) => folder!),
  );
  const starters = lines.flatMap((line) =>
    [...line.matchAll(STARTER)].map(([, program]) => dirname(program!)),
  );
  return [...properties, ...starters];
}
