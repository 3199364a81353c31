import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { packageRoot } from "../../../src/base/home.js";
import type { Mutation } from "../mutate/bytes.js";

/** A file, or a folder of files, that the program reads, to make others from. */
export interface Seed {
  name: string;
  /** Content by path below a folder. */
  files: ReadonlyMap<string, Buffer>;
  /**
   * Reads what lies in a folder as the program does.
   * @throws DefconError for what it refuses; Error for a result that cannot be right
   */
  read(folder: string): Promise<void>;
}

/** A kind of files that the program reads. */
export interface FileKind {
  seeds(): Promise<Seed[]> | Seed[];
  /** How the file of a name is changed. */
  mutation(name: string): Mutation;
  /** Longest processor time for a file, ms, where a time limit of the program allows it more. */
  mostMs?: number;
  /** Whether damaged files stay open until the process ends, which then is no finding. */
  keepsHandles?: boolean;
}

const DATA = join(packageRoot, "test", "data");

/** A path among the tests' data. */
export function dataPath(...parts: string[]): string {
  return join(DATA, ...parts);
}

/** The files of a folder with an ending, as paths. */
export function filesWith(folder: string, ending: string, maxBytes = 16_384): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).size <= maxBytes)
    .sort();
}

/** A file or a folder with all in it, by the name that it has. */
export function contentOf(path: string): Map<string, Buffer> {
  if (!statSync(path).isDirectory()) return new Map([[basename(path), readFileSync(path)]]);
  const inside = readdirSync(path, { recursive: true, encoding: "utf8" }).sort();
  return new Map(
    inside
      .filter((name) => statSync(join(path, name)).isFile())
      .map((name) => [join(basename(path), name), readFileSync(join(path, name))]),
  );
}
