// npm run sbom: writes what the npm package and the plugin's jar consist of, as CycloneDX, into sbom/.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { missingForJava } from "./lib/plugin-jar.mjs";
import { root } from "./lib/run.mjs";
import { jarSbom, packageSbom } from "./lib/sbom.mjs";

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const folder = join(root, "sbom");
mkdirSync(folder, { recursive: true });
write(`defcon-fiji-${version}.tgz.cdx.json`, packageSbom());
const missing = missingForJava();
if (missing.length === 0) write(`defcon-fiji_-${version}.jar.cdx.json`, jarSbom());
else {
  console.error(`The jar's list was not written: it needs ${missing.join(" and ")}.`);
  process.exitCode = 1;
}

function write(name, sbom) {
  writeFileSync(join(folder, name), `${JSON.stringify(sbom, null, 2)}\n`);
  console.log(`sbom/${name}: ${sbom.components.length} components`);
}
