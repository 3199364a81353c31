import { InputError } from "../base/errors.js";
import { isArchiveName, readArchive, writePack } from "./archive.js";
import { type FijiContent, gatherContent, microManagerContent } from "./content.js";
import { chooseFiji, microManagerNamed } from "./find-fiji.js";
import type { Manifest } from "./manifest.js";
import { isModelPath } from "./paths.js";
import { type Change, type Plan, planInstall, planRemoval } from "./plan.js";
import { type Launch, noteLaunch, type SharedModel, sharedCopies, shareModels } from "./share.js";
import { type FijiState, readState } from "./state.js";
import { changeFiji, hasLeftOvers } from "./switcher.js";

export interface InstallOptions {
  /**
   * Names or paths of models, the default first, or one archive.
   * If empty, all models that have a name.
   */
  models: readonly string[];
  /** The Fiji folder; left out: the only one that is found. */
  fiji?: string;
  /** Whether the plugin with its files is installed too. */
  plugin: boolean;
}

/** The program that is changed: a Fiji, or the Micro-Manager of a folder. */
export interface Target {
  /** The Fiji folder; left out: the only one that is found. */
  fiji?: string | undefined;
  /** The Micro-Manager folder, instead of a Fiji. */
  microManager?: string | undefined;
}

/** A change of a Fiji folder; a dry run only describes it. */
export interface Changed {
  root: string;
  before: Manifest | undefined;
  changes: readonly Change[];
  /**
   * Whether an installation is under way in that Fiji or broke off; only a dry run leaves it so.
   */
  unsettled: boolean;
}

export interface Uninstalled extends Changed {
  /** Copies of the Fiji's models in the user's folder of models, which stay. */
  copies: readonly string[];
}

export interface Installed extends Changed {
  version: string;
  models: readonly string[];
  shared: readonly SharedModel[];
  /** Whether the plugin will find the program; undefined where the plugin was not installed. */
  launch: Launch | undefined;
}

/**
 * Installs the plugin and models into a Fiji.
 * The new state appears whole or not at all, whatever happens to this process.
 * @throws FijiError; InputError, ModelFormatError for models; DefconError CANCELLED
 */
export async function install(options: InstallOptions, signal: AbortSignal): Promise<Installed> {
  const root = chooseFiji(options.fiji);
  const content = await contentFor(options);
  const changed = await change(root, (state) => planInstall(state, content), signal);
  const shared = await shareModels(root, content.models, changed.before);
  const launch = options.plugin ? await noteLaunch() : undefined;
  return { ...changed, version: content.version, models: content.models, shared, launch };
}

/** The changes that {@link install} would make. @throws as it does */
export async function rehearseInstall(options: InstallOptions): Promise<Changed> {
  const root = chooseFiji(options.fiji);
  const content = await contentFor(options);
  return rehearse(root, (state) => planInstall(state, content));
}

/**
 * Installs the processor into a Micro-Manager, as {@link install} does into a Fiji.
 * @throws FijiError; DefconError CANCELLED
 */
export async function installMicroManager(folder: string, signal: AbortSignal): Promise<Installed> {
  const root = microManagerNamed(folder);
  const content = microManagerContent();
  const changed = await change(root, (state) => planInstall(state, content), signal);
  return { ...changed, version: content.version, models: [], shared: [], launch: await noteLaunch() };
}

/** The changes that {@link installMicroManager} would make. @throws as it does */
export function rehearseMicroManager(folder: string): Changed {
  const content = microManagerContent();
  return rehearse(microManagerNamed(folder), (state) => planInstall(state, content));
}

/**
 * Removes all that was installed into a Fiji, or into a Micro-Manager and its ImageJ.
 * @throws FijiError; DefconError CANCELLED
 */
export async function uninstall(target: Target, signal: AbortSignal): Promise<Uninstalled> {
  const removed = await change(rootOf(target), planRemoval, signal);
  return { ...removed, copies: sharedCopies(removed.before?.models ?? []) };
}

/** The changes that {@link uninstall} would make. @throws as it does */
export function rehearseUninstall(target: Target): Changed {
  return rehearse(rootOf(target), planRemoval);
}

function rootOf({ fiji, microManager }: Target): string {
  return microManager === undefined ? chooseFiji(fiji) : microManagerNamed(microManager);
}

/**
 * Writes the plugin and models into an archive or folder, for a Fiji on another machine.
 * @param force whether an earlier archive may be replaced
 * @throws InputError OUTPUT_WRITE, OUTPUT_EXISTS, INPUT_OPTION; ModelFormatError; FijiError
 * FIJI_PLUGIN
 */
export async function pack(models: readonly string[], output: string, force = false): Promise<FijiContent> {
  const content = await gatherContent(models, true);
  await writePack(output, content, force);
  return content;
}

async function contentFor({ models, plugin }: InstallOptions): Promise<FijiContent> {
  if (!models.some(isArchiveName)) return gatherContent(models, plugin);
  if (models.length > 1) {
    throw new InputError("INPUT_OPTION", {
      subject: models.join(" "),
      expected: "one archive, or models",
      found: "an archive among others",
      advice: "Install the archive alone: it holds its models and the plugin.",
    });
  }
  const content = await readArchive(models[0]!);
  if (plugin) return content;
  return { ...content, files: new Map([...content.files].filter(([path]) => isModelPath(path))) };
}

async function change(
  root: string,
  planFor: (state: FijiState) => Plan,
  signal: AbortSignal,
): Promise<Changed> {
  let changed: Changed = { root, before: undefined, changes: [], unsettled: false };
  const work = () => {
    const state = readState(root);
    const plan = planFor(state);
    changed = { ...changed, before: state.installed, changes: plan.changes };
    return plan.steps.length > 0 ? plan : undefined;
  };
  await changeFiji(root, work, signal);
  return changed;
}

function rehearse(root: string, planFor: (state: FijiState) => Plan): Changed {
  const state = readState(root);
  return {
    root,
    before: state.installed,
    changes: planFor(state).changes,
    unsettled: hasLeftOvers(root),
  };
}
