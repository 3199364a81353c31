// What the package and the plugin's jar consist of, as CycloneDX (https://cyclonedx.org).
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { maven, root } from "./run.mjs";

/** Licences that packages have and do not state in a way that npm reads. */
const LICENCES = {
  "dejavu-fonts-ttf": "Bitstream Vera Fonts Copyright, and public domain",
  h5wasm: "NIST Software, with HDF5 (BSD-3-Clause-like)",
};

const PLUGIN = "org.cyclonedx:cyclonedx-maven-plugin:2.9.1:makeBom";

/** What is installed with the npm package, as package-lock.json says. */
export function packageSbom() {
  const command = ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"];
  const options = { cwd: root, encoding: "utf8", shell: process.platform === "win32", maxBuffer: 1 << 26 };
  const sbom = JSON.parse(execFileSync("npm", command, options));
  // npm's own --omit dev leaves out what a tool for building needs too, such as protobufjs.
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const shipped = new Set(
    Object.entries(packages)
      .filter(([path, { dev }]) => path !== "" && !dev)
      .map(([path, { version }]) => `${path.slice(path.lastIndexOf("node_modules/") + 13)}@${version}`),
  );
  const isShipped = (ref) => shipped.has(ref) || ref === sbom.metadata.component["bom-ref"];
  sbom.components = sbom.components.filter((each) => isShipped(each["bom-ref"]));
  for (const component of sbom.components) {
    const name = LICENCES[component.name];
    if (name && !component.licenses?.length) component.licenses = [{ license: { name } }];
  }
  sbom.dependencies = sbom.dependencies
    .filter(({ ref }) => isShipped(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(isShipped) }));
  // npm gives the folder's name.
  sbom.metadata.component.name = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).name;
  return repeatable(sbom);
}

/** The libraries in the plugin's jar. @throws Error where Maven fails */
export function jarSbom() {
  const folder = mkdtempSync(join(tmpdir(), "defcon-fiji-"));
  try {
    const options = {
      outputFormat: "json",
      outputName: "jar",
      outputDirectory: folder,
      includeProvidedScope: false,
      includeTestScope: false,
    };
    const args = Object.entries(options).map(([name, value]) => `-D${name}=${value}`);
    const code = maven([PLUGIN, ...args], { cwd: join(root, "java-bridge") });
    if (code !== 0) throw new Error(`Maven could not list the jar's libraries (exit code ${code}).`);
    return repeatable(JSON.parse(readFileSync(join(folder, "jar.json"), "utf8")));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without what differs from run to run, so that the same package has the same list. */
function repeatable({ serialNumber: _, ...sbom }) {
  delete sbom.metadata.timestamp;
  return sbom;
}
