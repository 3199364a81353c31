import { HOW_TO_INSTALL } from "../base/how-to-install.js";
import type { Changed, Installed, Uninstalled } from "../fiji/install.js";
import type { FijiListing } from "../fiji/listing.js";
import type { Change } from "../fiji/plan.js";
import type { Launch, SharedModel } from "../fiji/share.js";
import { table } from "./table.js";

/** The program that is changed, for people. */
type Program = "Fiji" | "Micro-Manager";

/** The changes of install and uninstall, without files that are just added or removed. */
export function describeChanges({ root, changes }: Changed, program: Program = "Fiji"): string {
  return [`${program}: ${root}`, ...changes.flatMap(noteOf)].join("\n");
}

/** What a dry run would change. */
export function describeRehearsal({ root, changes, unsettled }: Changed, program: Program = "Fiji"): string {
  return [
    `${program}: ${root}`,
    ...(unsettled ? ["An installation is under way there, or broke off and would be undone first."] : []),
    changes.length > 0 ? table(changes.map(rowOf), ["would", "path"]) : "Nothing would change.",
  ].join("\n");
}

/** What is installed now. */
export function describeInstalled({ before, version, models, changes, shared, launch }: Installed): string {
  const was = before && before.version !== version ? `, in place of ${before.version}` : "";
  const parts = [...(launch ? [`plugin ${version}${was}`] : []), ...modelWords(models)];
  return [
    `${changes.length > 0 ? "Installed" : "Up to date"}: ${parts.join("; ")}`,
    ...shared.flatMap(sharedWords),
    ...(launch ? launchWords(launch) : []),
    ...(launch && models.length === 0 && !before?.models.length
      ? ["No model is installed yet. To add one: defcon-fiji install MODEL, a .h5 or .onnx file."]
      : []),
    ...(launch && changes.length > 0 ? ["Restart Fiji: the commands are in Plugins > DEFCoN."] : []),
  ].join("\n");
}

/** What is installed into Micro-Manager now. */
export function describeMicroManager({ before, version, changes, launch }: Installed): string {
  const was = before && before.version !== version ? `, in place of ${before.version}` : "";
  return [
    `${changes.length > 0 ? "Installed" : "Up to date"}: processor ${version}${was}`,
    ...(launch ? launchWords(launch, "Micro-Manager") : []),
    ...(changes.length > 0
      ? ["Restart Micro-Manager: the processor is in Plugins > On-The-Fly Image Processing."]
      : []),
  ].join("\n");
}

/** What uninstall has done. */
export function describeUninstalled(removed: Uninstalled, program: Program = "Fiji"): string {
  const count = removed.changes.filter(({ kind }) => kind === "remove").length;
  const what =
    count > 0 || removed.before
      ? `Removed: ${count} ${count === 1 ? "file" : "files"}.`
      : "Nothing of defcon-fiji is installed there.";
  const stay =
    removed.copies.length > 0
      ? [`These copies stay, for other Fijis and the command line: ${removed.copies.join(", ")}`]
      : [];
  return [describeChanges(removed, program), what, ...stay].join("\n");
}

/** What is in a Fiji. */
export function describeListing(listing: FijiListing): string {
  const { root, version, models, plugins, originals, files, bytes, changed, missing } = listing;
  const lines = [
    version === undefined
      ? "  nothing installed by defcon-fiji"
      : `  version ${version}, ${files} files, ${megabytes(bytes)}`,
    ...plugins.map((path) => `  plugin: ${path}`),
    ...(plugins.length > 1 ? ["  Fiji would load more than one of these; install leaves one."] : []),
    ...modelWords(models).map((words) => `  ${words}`),
    ...originals.map((path) => `  the original plugin: ${path}`),
    ...changed.map((path) => `  changed since: ${path}`),
    ...missing.map((path) => `  gone since: ${path}`),
  ];
  return [root, ...lines].join("\n");
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function modelWords([first, ...others]: readonly string[]): string[] {
  if (first === undefined) return [];
  return [`models: ${[`${first} (default)`, ...others].join(", ")}`];
}

function rowOf({ kind, path, to }: Change): string[] {
  return [kind === "keep" ? "keep, as you have changed it" : kind, to ? `${path} -> ${to}` : path];
}

function noteOf({ kind, path, to }: Change): string[] {
  if (kind === "set aside") return [`Yours, set aside: ${path} -> ${to} (uninstall puts it back)`];
  if (kind === "put back") return [`Put back: ${to}`];
  return kind === "keep" ? [`Kept, since it was changed: ${path}`] : [];
}

function sharedWords({ name, outcome, detail }: SharedModel): string[] {
  const words = {
    known: [],
    added: [`Model ${name} is also in ${detail}, where the daemon finds it.`],
    replaced: [`Model ${name} was replaced in ${detail}, where the daemon finds it.`],
    kept: [
      `The daemon's model ${name} is another one, ${detail}, and stays: Fiji counts with that. To count with this one, install it under another name.`,
    ],
    failed: [`The daemon does not know model ${name}: ${detail}`],
  };
  return words[outcome];
}

function launchWords({ kind, detail }: Launch, program: Program = "Fiji"): string[] {
  const words = {
    lasting: [],
    cache: [
      `${program} starts this program from npm's cache, which npm may empty some day. To keep it for good: ${HOW_TO_INSTALL}`,
    ],
    failed: [
      `${program} could not be told where this program is (${detail}). To make ${program} find it: ${HOW_TO_INSTALL}`,
    ],
  };
  return words[kind];
}
