// Builds of the same commit, in clean clones.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { npm, root, runOrExit } from "./run.mjs";

/** What differs between two machines and must not show in what is built. */
const MACHINES = [
  { folder: "a", env: { TZ: "UTC", LC_ALL: "C" } },
  { folder: "other place/with a longer name", env: { TZ: "Pacific/Auckland", LC_ALL: "C.UTF-8" } },
];
/** npm puts the permissions of files into the tarball, as they are where it is packed. */
const UMASK = 0o022;

/**
 * Builds the tarball and the jar of the commit that is checked out twice, each in a clean clone of its own, in
 * different folders, time zones and languages, one after the other.
 * @returns of the tarball and the jar: name, size, and the SHA-256 of each build
 */
export function buildTwice() {
  const place = mkdtempSync(join(tmpdir(), "defcon-fiji-twice-"));
  try {
    const builds = MACHINES.map((machine) => build(join(place, machine.folder), machine));
    return builds[0].map(({ name, bytes }, i) => ({
      name,
      bytes: bytes.length,
      digests: builds.map((files) => createHash("sha256").update(files[i].bytes).digest("hex")),
    }));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function build(folder, { env }) {
  const before = process.umask(UMASK);
  const options = { cwd: folder, env: { ...process.env, ...env } };
  try {
    runOrExit("Cloning", "git", ["clone", "--quiet", "--no-hardlinks", root, folder]);
    npm(
      "Installing the packages",
      ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
      options,
    );
    execFileSync("npm", ["pack", "--silent"], {
      ...options,
      stdio: ["ignore", "ignore", "inherit"],
      shell: process.platform === "win32",
    });
  } finally {
    process.umask(before);
  }
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  const plugins = join(folder, "fiji-plugin-layout", "plugins");
  const jar = readdirSync(plugins).find((name) => name.endsWith(".jar"));
  return [
    { name: tarball, bytes: readFileSync(join(folder, tarball)) },
    { name: jar, bytes: readFileSync(join(plugins, jar)) },
  ];
}
