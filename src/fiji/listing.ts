import { chooseFiji, findFijis, noneFound } from "./find-fiji.js";
import { isRecorded } from "./manifest.js";
import { inFolder, partOf, statusOf } from "./paths.js";
import { readState } from "./state.js";
import { settleFiji } from "./switcher.js";

/** What is installed in one Fiji; paths below its folder. */
export interface FijiListing {
  root: string;
  /** Version of the program that installed it; undefined where nothing was installed. */
  version: string | undefined;
  /** Names of the models, the default first. */
  models: readonly string[];
  /** Jars of the plugin. Several can only have been put there by hand. */
  plugins: readonly string[];
  /** Jars of the original plugin. */
  originals: readonly string[];
  files: number;
  bytes: number;
  /** Files that were changed since the installation, and files that are gone. */
  changed: readonly string[];
  missing: readonly string[];
}

/**
 * What is installed in the named Fiji, or in all that are found.
 * An installation that broke off is completed or undone first.
 * @throws FijiError FIJI_NOT_FOUND, FIJI_MANIFEST, FIJI_BUSY, FIJI_WRITE
 */
export async function listFijis(fiji: string | undefined): Promise<FijiListing[]> {
  const roots = fiji === undefined ? findFijis() : [chooseFiji(fiji)];
  if (roots.length === 0) throw noneFound();
  const listings: FijiListing[] = [];
  for (const root of roots) {
    await settleFiji(root);
    listings.push(lookIntoFiji(root));
  }
  return listings;
}

/** What is installed in a Fiji folder. It only reads. @throws FijiError FIJI_MANIFEST */
export function lookIntoFiji(root: string): FijiListing {
  const { installed, jars } = readState(root);
  const records = [...(installed?.files ?? [])];
  const missing = records.filter(([path]) => !statusOf(inFolder(root, path)));
  const changed = records.filter(
    (each) => !missing.includes(each) && !isRecorded(inFolder(root, each[0]), each[1]),
  );
  return {
    root,
    version: installed?.version,
    models: installed?.models ?? [],
    plugins: jars.ours.filter((path) => partOf(path) === "plugin"),
    originals: jars.original,
    files: records.length,
    bytes: records.reduce((sum, [, { size }]) => sum + size, 0),
    changed: changed.map(([path]) => path),
    missing: missing.map(([path]) => path),
  };
}
