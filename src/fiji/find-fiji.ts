import { homedir } from "node:os";
import { resolve } from "node:path";
import { FijiError } from "../base/errors.js";
import { MICRO_MANAGER_FOLDER } from "./paths.js";
import {
  distinct,
  fijiAt,
  fijisIn,
  hasFolder,
  hasPlugins,
  looksLikeFiji,
  type Surroundings,
  usualParents,
} from "./places.js";
import { placesOfRunning } from "./running.js";

const DOWNLOAD = "Download Fiji from https://fiji.sc.";

function here(): Surroundings {
  return { platform: process.platform, home: homedir(), variables: process.env };
}

/**
 * The Fijis of this machine: only that of `$FIJI_HOME` if it is set.
 * Else those in the usual places and those that are running.
 * @throws FijiError FIJI_NOT_FOUND where `$FIJI_HOME` does not lead to one
 */
export function findFijis(surroundings: Surroundings = here()): string[] {
  const named = surroundings.variables.FIJI_HOME;
  if (named) return [fijiNamed(named, "the variable FIJI_HOME")];
  const running = placesOfRunning(surroundings.platform)
    .map((place) => fijiAt(place, looksLikeFiji))
    .filter((found) => found !== undefined);
  return distinct([...usualParents(surroundings).flatMap(fijisIn), ...running]);
}

/**
 * The Fiji to work on: the named one, or the only one that is found.
 * @param named a Fiji folder, or something in it
 * @throws FijiError FIJI_NOT_FOUND
 */
export function chooseFiji(named: string | undefined, surroundings?: Surroundings): string {
  if (named !== undefined) return fijiNamed(named, `--fiji ${named}`);
  const found = findFijis(surroundings);
  if (found.length === 1) return found[0]!;
  if (found.length === 0) throw noneFound();
  throw new FijiError("FIJI_NOT_FOUND", {
    subject: "the Fiji to use",
    expected: "one",
    found: `${found.length}`,
    advice: `Say which one: ${found.map((folder) => `--fiji "${folder}"`).join(" or ")}`,
  });
}

/**
 * The folder of a Micro-Manager.
 * @param named that folder: the one with mmplugins in it
 * @throws FijiError FIJI_NOT_FOUND
 */
export function microManagerNamed(named: string): string {
  const folder = resolve(named);
  if (hasFolder(folder, MICRO_MANAGER_FOLDER)) return folder;
  throw new FijiError("FIJI_NOT_FOUND", {
    subject: `--micro-manager ${named}`,
    expected: "a Micro-Manager 2 folder, with mmplugins in it",
    found: "none there",
    advice: "It is the folder with ImageJ's starter. Download Micro-Manager from https://micro-manager.org.",
  });
}

/** The error for a machine on which no Fiji is found. */
export function noneFound(): FijiError {
  return new FijiError("FIJI_NOT_FOUND", {
    subject: "Fiji",
    expected:
      "its folder in the home folder, on the desktop, among downloads or programs, or a Fiji that is running",
    found: "none",
    advice: `Name its folder, the one with plugins in it: --fiji DIR. ${DOWNLOAD}`,
  });
}

function fijiNamed(named: string, subject: string): string {
  const found = fijiAt(resolve(named), hasPlugins);
  if (found) return found;
  throw new FijiError("FIJI_NOT_FOUND", {
    subject,
    expected: "a Fiji or ImageJ folder, with plugins in it",
    found: "none there",
    advice: `In Fiji, Help > About ImageJ... or IJ.getDirectory("imagej") in a macro shows its folder. ${DOWNLOAD}`,
  });
}
