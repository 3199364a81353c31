import { closeSync, fstatSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { FIJI_LIMITS } from "../base/limits.js";
import { readWhole } from "../base/whole-transfer.js";
import { MICRO_MANAGER_FOLDER, MICRO_MANAGER_JAR, PLUGIN_JAR } from "./paths.js";

/** Jars among a Fiji's plugins; paths below the Fiji folder. */
export interface FoundJars {
  /** Jars of this plugin and of the processor for Micro-Manager, wherever they came from. */
  ours: string[];
  /** Jars of the original plugin, whose commands have the same names. */
  original: string[];
}

/** Searches plugins/ and mmplugins/ and their folders. A folder that cannot be read is skipped, as ImageJ does. */
export function findJars(root: string): FoundJars {
  const found: FoundJars = { ours: [], original: [] };
  for (const path of jarsBelow(root, MICRO_MANAGER_FOLDER, FIJI_LIMITS.jarDepth)) {
    const isNamed = MICRO_MANAGER_JAR.test(path.slice(path.lastIndexOf("/") + 1));
    if (isNamed && isMicroManagerJar(join(root, path))) found.ours.push(path);
  }
  for (const path of jarsBelow(root, "plugins", FIJI_LIMITS.jarDepth)) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (PLUGIN_JAR.test(name)) {
      if (isPluginJar(join(root, path))) found.ours.push(path);
    } else if (/^DEFCoN.*\.jar$/i.test(name)) {
      const names = namesInJar(join(root, path));
      // A damaged jar is recognised by the file name that its project uses.
      if (names?.some((each) => each.startsWith("ch/epfl/leb/defcon/")) ?? /^DEFCoN_-/i.test(name)) {
        found.original.push(path);
      }
    }
  }
  return found;
}

/** Whether a jar is this plugin's, judged by its content. */
export function isPluginJar(path: string): boolean {
  const names = namesInJar(path) ?? [];
  return names.includes("plugins.config") && names.some((each) => each.startsWith("org/defconfiji/"));
}

/** Whether a jar is this program's processor for Micro-Manager, judged by its content. */
export function isMicroManagerJar(path: string): boolean {
  return (namesInJar(path) ?? []).some((each) => each.startsWith("org/defconfiji/micromanager/"));
}

function jarsBelow(root: string, folder: string, depth: number): string[] {
  let entries: ReturnType<typeof readFolder>;
  try {
    entries = readFolder(join(root, folder));
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return depth > 1 ? jarsBelow(root, path, depth - 1) : [];
    return entry.name.toLowerCase().endsWith(".jar") ? [path] : [];
  });
}

function readFolder(folder: string) {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Signatures and sizes of a zip file's central directory (PKWARE APPNOTE 4.3.12, 4.3.16). */
const DIRECTORY_END = { signature: 0x06054b50, size: 22, maxComment: 65_535 };
const DIRECTORY_ENTRY = { signature: 0x02014b50, size: 46 };

/** Names of a jar's entries, from its table of contents; undefined where that cannot be read. */
export function namesInJar(path: string): string[] | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    return readNames(file, fstatSync(file).size);
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function readNames(file: number, size: number): string[] | undefined {
  const tailSize = Math.min(size, DIRECTORY_END.size + DIRECTORY_END.maxComment);
  const tail = readAt(file, size - tailSize, tailSize);
  const signature = Buffer.alloc(4);
  signature.writeUInt32LE(DIRECTORY_END.signature);
  const at = tail.lastIndexOf(signature);
  if (at < 0 || at + DIRECTORY_END.size > tail.length) return undefined;
  const [count, length, start] = [
    tail.readUInt16LE(at + 10),
    tail.readUInt32LE(at + 12),
    tail.readUInt32LE(at + 16),
  ];
  if (length > FIJI_LIMITS.maxJarDirectoryBytes || start + length > size) return undefined;
  const directory = readAt(file, start, length);
  const names: string[] = [];
  for (let i = 0, entry = 0; i < count; i++) {
    if (directory.readUInt32LE(entry) !== DIRECTORY_ENTRY.signature) return undefined;
    const [name, extra, comment] = [28, 30, 32].map((field) => directory.readUInt16LE(entry + field)) as [
      number,
      number,
      number,
    ];
    const first = entry + DIRECTORY_ENTRY.size;
    names.push(directory.toString("utf8", first, first + name));
    entry = first + name + extra + comment;
  }
  return names;
}

function readAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (!readWhole(file, bytes, position)) throw new RangeError("the file ends early");
  return bytes;
}
