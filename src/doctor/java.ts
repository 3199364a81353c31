import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "../base/errors.js";
import type { Line } from "./check.js";

const OLDEST = 8;

/**
 * The Java of this machine. Trouble with it is "missing", never "broken".
 * Fiji brings its own Java, this program needs none, and only a plain ImageJ may use this one.
 */
export async function javaLines(): Promise<Line[]> {
  const home = process.env.JAVA_HOME;
  const programs = [...(home ? [join(home, "bin", "java")] : []), "java"];
  let reason = "";
  for (const program of programs) {
    try {
      const { stderr } = await promisify(execFile)(program, ["-version"]);
      return [javaLine(program, stderr)];
    } catch (cause) {
      reason = messageOf(cause);
    }
  }
  return [missing(reason.includes("ENOENT") ? "none found" : reason.split("\n")[0]!)];
}

/**
 * @param told output of `java -version`: openjdk version "17.0.15" 2025-04-15, java version
 * "1.8.0_312" and others
 */
export function javaLine(program: string, told: string): Line {
  const version = /version "([^"]+)"/.exec(told)?.[1];
  const major = Number.parseInt(version?.replace(/^1\./, "") ?? "", 10);
  const detail = `version ${version ?? "unknown"} (${program})`;
  return major >= OLDEST ? { name: "Java", state: "ok", detail } : missing(detail);
}

function missing(detail: string): Line {
  const advice = `Nothing to do for Fiji, which brings its own. A plain ImageJ needs Java ${OLDEST} or later.`;
  return { name: "Java", state: "missing", detail, advice };
}
