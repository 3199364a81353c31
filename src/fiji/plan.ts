import { statSync } from "node:fs";
import { FijiError } from "../base/errors.js";
import { foldedPath } from "../base/portable-name.js";
import { type FijiContent, manifestOf } from "./content.js";
import { encodeManifest, isRecorded, type Manifest, partsOf, recordOf, type SetAside } from "./manifest.js";
import {
  DEFCON_FOLDER,
  foldersAbove,
  inFolder,
  MANIFEST_PATH,
  MODEL_FOLDERS,
  nameAside,
  partOf,
  statusOf,
} from "./paths.js";
import { entriesBelow, type FijiState, isOurs, isThere } from "./state.js";
import type { Step } from "./switch.js";
import type { PreparedSwitch } from "./switcher.js";

/** What happens to one file or folder in a Fiji. */
export interface Change {
  kind: "add" | "replace" | "remove" | "set aside" | "put back" | "keep";
  path: string;
  /** Its new name, if it gets one. */
  to?: string;
}

/** A switch with the changes it makes, in words. Without steps there is nothing to do. */
export interface Plan extends PreparedSwitch {
  changes: readonly Change[];
}

/**
 * Plans how a Fiji gets a content in place of any other of the same part (plugin, models).
 * Files in the way that are not this program's get another name and are never lost.
 * @throws FijiError FIJI_CLASH, FIJI_WRITE
 */
export function planInstall(state: FijiState, content: FijiContent): Plan {
  const parts = partsOf(manifestOf(content));
  if (parts.has("plugin")) refuseClash(state);
  const draft = new Draft(state);
  const stays = (path: string) => !parts.has(partOf(path));
  const installed = [...(state.installed?.files ?? [])];
  for (const path of new Set([...installed.map(([each]) => each), ...state.jars.ours])) {
    if (!stays(path) && !content.files.has(path)) draft.remove(path);
  }
  for (const folder of MODEL_FOLDERS) {
    const files = [...content.files].filter(([path]) => path.startsWith(`${folder}/`));
    if (files.length > 0 && isForeignFolder(state, folder, new Map(files))) draft.setFolderAside(folder);
  }
  for (const [path, bytes] of content.files) draft.place(path, bytes);
  const fresh = manifestOf(content);
  return draft.finish({
    ...fresh,
    models: parts.has("models") ? fresh.models : (state.installed?.models ?? []),
    files: new Map([...installed.filter(([path]) => stays(path)), ...fresh.files]),
  });
}

/** Plans how everything of this program leaves a Fiji. What was set aside for it comes back. */
export function planRemoval(state: FijiState): Plan {
  const draft = new Draft(state);
  for (const path of new Set([...(state.installed?.files.keys() ?? []), ...state.jars.ours]))
    draft.remove(path);
  draft.putBack();
  return draft.finish(undefined);
}

function refuseClash({ root, jars }: FijiState): void {
  if (jars.original.length === 0) return;
  throw new FijiError("FIJI_CLASH", {
    subject: root,
    expected: "no other plugin with the commands Density map... and Maximum local count...",
    found: `the original DEFCoN plugin, ${jars.original.map((path) => inFolder(root, path)).join(" and ")}`,
    advice:
      "Remove that jar (or, in Fiji, untick its site in Help > Update... > Manage update sites) and install again. To keep the original plugin and give it these models: --no-plugin",
  });
}

/**
 * Whether a model folder is, or has become, the user's.
 * It is if it holds a model that this program did not install in this form.
 */
function isForeignFolder(state: FijiState, folder: string, files: ReadonlyMap<string, Uint8Array>): boolean {
  const status = statusOf(inFolder(state.root, folder));
  if (!status) return false;
  if (!status.isDirectory()) return true;
  const below = entriesBelow(state, folder);
  const known = (path: string) => isOurs(state, path) || isSame(state, path, files.get(path));
  return below.length > 0 && (!below.some(known) || below.some((path) => files.has(path) && !known(path)));
}

function isSame({ root }: FijiState, path: string, bytes: Uint8Array | undefined): boolean {
  return bytes !== undefined && isRecorded(inFolder(root, path), recordOf(bytes));
}

/**
 * A plan in the making. Steps are kept by kind: first those that make room, then those that fill
 * it.
 */
class Draft {
  private readonly taken = new Set<string>();
  private readonly renamed: SetAside[] = [];
  private readonly returned: SetAside[] = [];
  private readonly folders = new Set<string>();
  private readonly fresh = new Map<string, Uint8Array>();
  private readonly changes: Change[] = [];

  constructor(private readonly state: FijiState) {}

  /** Removes a file of an earlier installation, unless the user has changed it. */
  remove(path: string): void {
    if (!isThere(this.state, path)) return;
    const ours = isOurs(this.state, path);
    if (ours) this.taken.add(path);
    this.changes.push({ kind: ours ? "remove" : "keep", path });
  }

  place(path: string, bytes: Uint8Array): void {
    const free = this.isFree(path);
    if (!free && isSame(this.state, path, bytes)) return;
    this.makeFolders(path);
    if (!free && isOurs(this.state, path)) this.taken.add(path);
    else if (!free) this.setAside(path);
    this.fresh.set(path, bytes);
    this.changes.push({ kind: this.taken.has(path) ? "replace" : "add", path });
  }

  /** Sets a folder aside, without the files in it that are this program's. */
  setFolderAside(folder: string): void {
    const isFolder = statusOf(inFolder(this.state.root, folder))?.isDirectory();
    for (const path of isFolder ? entriesBelow(this.state, folder) : []) {
      if (isOurs(this.state, path)) this.taken.add(path);
    }
    this.setAside(folder);
  }

  /**
   * Gives back the names of what was set aside; of several versions, that of the last.
   * The user had the last one last.
   */
  putBack(): void {
    for (const { path, to } of [...(this.state.installed?.setAside ?? [])].reverse()) {
      if (!isThere(this.state, to)) continue;
      const possible = !this.returned.some((each) => each.path === path) && this.becomesFree(path);
      if (possible) this.returned.push({ path: to, to: path });
      this.changes.push(possible ? { kind: "put back", path: to, to: path } : { kind: "keep", path: to });
    }
  }

  finish(manifest: Manifest | undefined): Plan {
    const { installed } = this.state;
    const earlier = (installed?.setAside ?? []).filter(({ to }) => isThere(this.state, to));
    const made = [...this.folders].filter((path) => !path.includes("/"));
    if (manifest) {
      const bytes = encodeManifest({
        ...manifest,
        setAside: [...earlier, ...this.renamed],
        folders: [...new Set([...(installed?.folders ?? []), ...made])]
          .filter((path) => path !== "plugins")
          .sort(),
      });
      if (!isSame(this.state, MANIFEST_PATH, bytes)) {
        this.makeFolders(MANIFEST_PATH);
        this.fresh.set(MANIFEST_PATH, bytes);
      }
    }
    if (installed && (!manifest || this.fresh.has(MANIFEST_PATH))) this.taken.add(MANIFEST_PATH);
    return {
      changes: this.changes,
      fresh: this.fresh,
      steps: this.steps(),
      emptied: manifest ? this.emptied([]) : this.emptied(installed?.folders ?? []),
    };
  }

  private steps(): Step[] {
    const returning = this.returned.map(({ to }) => to);
    const cleared = returning.filter((path) => statusOf(inFolder(this.state.root, path))?.isDirectory());
    return [
      ...[...this.taken].map((path): Step => ({ do: "take", path })),
      ...cleared.map((path): Step => ({ do: "clear", path })),
      ...[...this.renamed, ...this.returned].map((each): Step => ({ do: "rename", ...each })),
      ...[...this.folders].map((path): Step => ({ do: "folder", path })),
      ...[...this.fresh.keys()].map((path): Step => ({ do: "place", path })),
    ];
  }

  /** Folders that files are taken from, the inner ones first, without those of Fiji itself. */
  private emptied(others: readonly string[]): string[] {
    const above = [...this.taken].flatMap(foldersAbove);
    const own = above.filter((path) => path === DEFCON_FOLDER || path.startsWith(`${DEFCON_FOLDER}/`));
    return [...new Set([...own, ...others])].sort((a, b) => b.split("/").length - a.split("/").length);
  }

  private setAside(path: string): void {
    const to = this.freeName(path);
    this.renamed.push({ path, to });
    this.changes.push({ kind: "set aside", path, to });
  }

  private freeName(path: string): string {
    let n = 1;
    while (isThere(this.state, nameAside(path, n))) n++;
    return nameAside(path, n);
  }

  /** Whether a path is free, or will be by then because its folder is set aside. */
  private isFree(path: string): boolean {
    const aside = this.renamed.some((each) => path === each.path || path.startsWith(`${each.path}/`));
    return aside || !isThere(this.state, path) || this.isTakenAs(path);
  }

  /**
   * Whether a file that is removed is the same one under a name with other capital letters.
   * This happens on file systems that ignore the case of names.
   */
  private isTakenAs(path: string): boolean {
    const inode = (each: string) => statusOf(inFolder(this.state.root, each))?.ino;
    return [...this.taken].some(
      (each) => each !== path && foldedPath(each) === foldedPath(path) && inode(each) === inode(path),
    );
  }

  private becomesFree(path: string): boolean {
    if (!isThere(this.state, path) || this.taken.has(path)) return true;
    if (!statusOf(inFolder(this.state.root, path))?.isDirectory()) return false;
    return entriesBelow(this.state, path).every((each) => this.taken.has(each));
  }

  private makeFolders(path: string): void {
    for (const folder of foldersAbove(path)) {
      if (this.isFree(folder)) this.folders.add(folder);
      else if (!statSync(inFolder(this.state.root, folder)).isDirectory()) {
        throw new FijiError("FIJI_WRITE", {
          subject: inFolder(this.state.root, folder),
          expected: "a folder",
          found: "a file of that name",
          advice: "Move it away and install again.",
        });
      }
    }
  }
}
