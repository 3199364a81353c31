import { VERSION } from "../base/version.js";
import { findFijis } from "../fiji/find-fiji.js";
import { type FijiListing, lookIntoFiji } from "../fiji/listing.js";
import { isForPeople, versionOfJar } from "../fiji/paths.js";
import { hasLeftOvers } from "../fiji/switcher.js";
import { brokenLine, type Line } from "./check.js";

const NAME = "Fiji";

/**
 * What is installed in the Fijis of this machine. It only reads.
 * `list`, in contrast, completes or undoes an installation that broke off.
 */
export function fijiLines(): Line[] {
  const roots = findFijis();
  if (roots.length > 0) return roots.map(lineOf);
  const advice = "Download it from https://fiji.sc. For one in another place: defcon-fiji install --fiji DIR";
  return [{ name: NAME, state: "missing", detail: "none found in the usual places", advice }];
}

function lineOf(root: string): Line {
  try {
    return hasLeftOvers(root) ? unsettledLine(root) : fijiLine(lookIntoFiji(root));
  } catch (cause) {
    return brokenLine(NAME, cause);
  }
}

function unsettledLine(root: string): Line {
  return {
    name: NAME,
    state: "broken",
    detail: `${root}: an installation is under way there, or broke off`,
    advice: `Look again in a moment. If it broke off, this brings it to an end: defcon-fiji list --fiji "${root}"`,
  };
}

export function fijiLine(listing: FijiListing): Line {
  const { root, version, plugins, originals, models } = listing;
  const install = `defcon-fiji install --fiji "${root}"`;
  const remove = originals.length > 0 ? `Remove ${originals.join(" and ")} from it first. ` : "";
  if (version === undefined && plugins.length === 0) {
    const found = [
      "nothing installed",
      ...originals.map((path) => `the original plugin in the way: ${path}`),
    ];
    return lineWith("missing", root, found, `${remove}To count in it: ${install}`);
  }
  const [changed, missing] = [listing.changed, listing.missing].map((paths) =>
    paths.filter((path) => !isForPeople(path)),
  ) as [string[], string[]];
  const faults = [
    ...(plugins.length > 1 ? [`several of the plugin's jars, which must be one: ${plugins.join(", ")}`] : []),
    ...(plugins.length > 0 ? originals.map((path) => `another plugin with the same commands: ${path}`) : []),
    ...changed.map((path) => `changed since: ${path}`),
    ...missing.map((path) => `gone since: ${path}`),
  ];
  const versions = [...new Set(plugins.map(versionOfJar))];
  const found = [
    versions.length > 0 ? `plugin ${versions.join(" and ")}` : "models alone",
    ...(models.length > 0 ? [`models ${models.join(", ")}`] : []),
    ...faults,
  ];
  if (faults.length > 0) return lineWith("broken", root, found, `${remove}To put it right: ${install}`);
  const others = versions.filter((each) => each !== VERSION);
  if (others.length === 0) return lineWith("ok", root, found);
  return lineWith("ok", root, found, `To update it to this program's version, ${VERSION}: ${install}`);
}

function lineWith(state: Line["state"], root: string, found: readonly string[], advice?: string): Line {
  return { name: NAME, state, detail: `${root}: ${found.join("; ")}`, ...(advice && { advice }) };
}
