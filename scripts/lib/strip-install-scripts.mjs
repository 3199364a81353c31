import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Takes the install scripts out of an installed onnxruntime-node. Its postinstall
 * fetches a CUDA part from a host that is no package registry, and so breaks an install behind a proxy; the tarball
 * of this program bundles the package as it is after this. A second call changes nothing.
 * @param {string} folder the package's folder
 */
export function stripInstallScripts(folder) {
  const path = join(folder, "package.json");
  const before = readFileSync(path, "utf8");
  const manifest = JSON.parse(before);
  for (const hook of ["preinstall", "install", "postinstall"]) delete manifest.scripts?.[hook];
  const after = `${JSON.stringify(manifest, null, 2)}\n`;
  if (after !== before) writeFileSync(path, after);
}
