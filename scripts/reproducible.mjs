// npm run reproducible: builds the tarball and the jar twice from clean clones of the commit, and compares their bytes.
import { missingForJava } from "./lib/plugin-jar.mjs";
import { buildTwice } from "./lib/reproducible.mjs";

const missing = missingForJava();
if (missing.length > 0) {
  console.error(`The jar cannot be built: ${missing.join(" and ")} not found.`);
  process.exit(1);
}
for (const { name, bytes, digests } of buildTwice()) {
  const isSame = new Set(digests).size === 1;
  console.log(
    `${isSame ? "the same bytes" : "DIFFERENT BYTES"}: ${name}, ${bytes} bytes, SHA-256 ${digests.join(" and ")}`,
  );
  if (!isSame) process.exitCode = 1;
}
