#!/usr/bin/env node
import { existsSync } from "node:fs";

const program = new URL("../dist/src/cli/main.js", import.meta.url);
if (!existsSync(program)) {
  console.error("defcon-fiji: this clone is not built yet. In its folder: npm run build");
  process.exit(1);
}
const { main } = await import(program.href);
await main(process.argv);
