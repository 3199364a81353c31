// npm run build: installs what is missing and compiles everything into dist/.
import { ensureBuilt } from "./lib/prepare.mjs";

ensureBuilt();
