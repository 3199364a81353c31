import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { packageRoot } from "../../src/base/home.js";
import { VERSION } from "../../src/base/version.js";
import type { FijiContent } from "../../src/fiji/content.js";
import { isLeftOver } from "../../src/fiji/lock.js";
import { planInstall, planRemoval } from "../../src/fiji/plan.js";
import { readState } from "../../src/fiji/state.js";
import { changeFiji } from "../../src/fiji/switcher.js";
import type { Ending } from "./temporary.js";

/** The jar that Maven builds, or the one that was packed. */
export const PLUGIN_JAR = [
  join(packageRoot, "java-bridge", "target", `defcon-fiji_-${VERSION}.jar`),
  join(packageRoot, "fiji-plugin-layout", "plugins", `defcon-fiji_-${VERSION}.jar`),
].find(existsSync);

/** Reason to skip a test that installs the plugin, or false. */
export const withoutPlugin: string | false = PLUGIN_JAR
  ? false
  : "needs the plugin's jar, for which a JDK and Maven are needed";

/** A folder as Fiji lays it out, with things of the user's in all places. */
export function makeFiji(parent: string, name = "Fiji.app"): string {
  const root = join(parent, name);
  const files = {
    "jars/ij-1.54p.jar": "ImageJ",
    "plugins/Their_Plugin.jar": "another plugin",
    "plugins/Scripts/theirs.ijm": "a script",
    "macros/StartupMacros.fiji.ijm": "macros",
    "luts/fire.lut": "a table",
    "ImageJ-linux64": "a starter",
  };
  for (const [path, text] of Object.entries(files)) putFile(root, path, text);
  return root;
}

export function putFile(root: string, path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

/** What ImageJ and a person see of a folder: SHA-256 of files, folders, where links lead; not what an installation that is under way hides. */
export function snapshot(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder ? `${folder}/${entry.name}` : entry.name;
      if (!folder && isLeftOver(entry.name)) continue;
      if (entry.isDirectory()) {
        found[path] = "folder";
        visit(path);
      } else if (entry.isSymbolicLink()) found[path] = `-> ${readlinkSync(join(root, path))}`;
      else
        found[path] = createHash("sha256")
          .update(readFileSync(join(root, path)))
          .digest("hex");
    }
  };
  visit("");
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What installations have left in a Fiji folder. */
export function leftOvers(root: string): string[] {
  return readdirSync(root).filter(isLeftOver);
}

/** A content of small files; a path's text is its content. */
export function contentOf(
  version: string,
  files: Record<string, string | Uint8Array>,
  models = ["cells"],
): FijiContent {
  const bytes = Object.entries(files).map(([path, content]) => [path, Buffer.from(content)] as const);
  return { version, models, files: new Map(bytes) };
}

/** A jar that is taken for this plugin's. */
export function fakePluginJar(text: string): Uint8Array {
  return zip({ "plugins.config": text, "org/defconfiji/Version.class": "class" });
}

/** All that a whole installation has, of some version. */
export function wholeContent(version: string, models = ["cells"]): FijiContent {
  return contentOf(
    version,
    {
      [`plugins/defcon-fiji_-${version}.jar`]: fakePluginJar(version),
      "plugins/DEFCoN/README.txt": `read me ${version}`,
      "luts/mpl-viridis.lut": "viridis",
      "macros/DEFCoN_Count_Stack.ijm": `macro ${version}`,
      "plugins/DEFCoN/tf_density_count/saved_model.pb": `density ${version}`,
      "plugins/DEFCoN/tf_max_count/saved_model.pb": `max count ${version}`,
      ...Object.fromEntries(
        models.map((name) => [`plugins/DEFCoN/models/${name}.onnx`, `${name} ${version}`]),
      ),
    },
    models,
  );
}

const NEVER = new AbortController().signal;

/** Lays a content into a Fiji as `install` does. */
export function lay(root: string, content: FijiContent): Promise<void> {
  return changeFiji(root, () => withSteps(planInstall(readState(root), content)), NEVER);
}

/** Takes all out as `uninstall` does. */
export function takeOut(root: string): Promise<void> {
  return changeFiji(root, () => withSteps(planRemoval(readState(root))), NEVER);
}

function withSteps<Plan extends { steps: readonly unknown[] }>(plan: Plan): Plan | undefined {
  return plan.steps.length > 0 ? plan : undefined;
}

/** A zip file with its entries stored as they are and without their check sums (PKWARE APPNOTE 4.3). */
export function zip(entries: Record<string, string>): Uint8Array {
  const [files, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [name, text] of Object.entries(entries)) {
    const [nameBytes, content] = [Buffer.from(name), Buffer.from(text)];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(10, 0);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const file = Buffer.concat([Buffer.from("PK\x03\x04"), common, nameBytes, content]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x0a\x00"), common, place, nameBytes]));
    files.push(file);
    offset += file.length;
  }
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, ...directory, end]);
}

/** Reason to skip a test that mounts file systems, or false. */
export const withoutMounts: string | false = canMount() ? false : "needs Linux and the right to mount";

function canMount(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), "defcon-fiji-"));
  try {
    mount(["-t", "tmpfs", "none", folder], folder)();
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A disk of its own in memory, of a size such as "1m". */
export function mountDisk(context: Ending, size: string): string {
  const folder = mkdtempSync(join(tmpdir(), "defcon-fiji-"));
  const unmount = mount(["-t", "tmpfs", "-o", `size=${size}`, "none", folder], folder);
  context.after(() => {
    unmount();
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Mounts something on a place. @returns what takes it away again */
export function mount(args: readonly string[], place: string): () => void {
  execFileSync("mount", args, { stdio: "pipe" });
  return () => {
    execFileSync("umount", ["-l", place]);
  };
}
