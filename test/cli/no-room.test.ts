import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EXECUTABLE, type Finished, finished, runCommand } from "../support/command.js";
import { fixture } from "../support/dataset.js";
import { mount, mountDisk, withoutMounts } from "../support/fiji.js";
import { oracleStacks, RANDOM_MODEL } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

const STACK = oracleStacks()[0]!.path;
const SET = fixture("two_sets.h5");

/** Commands that write into a folder. Those without a folder in their arguments write into the user's. */
const COMMANDS: [name: string, args: (folder: string) => string[], isHome?: boolean][] = [
  ["predict", (folder) => ["predict", STACK, "-m", RANDOM_MODEL, "-o", folder]],
  ["export", (folder) => ["export", RANDOM_MODEL, "--format", "keras", "-o", join(folder, "m.h5")]],
  ["simulate", (folder) => ["simulate", "--frames", "2", "-o", join(folder, "simulated")]],
  ["dataset compact", (folder) => ["dataset", "compact", SET, "-o", join(folder, "set.h5")]],
  ["train", (folder) => ["train", "--set", SET, "--epochs", "1", "-o", join(folder, "trained")]],
  ["model install", () => ["model", "install", RANDOM_MODEL, "--name", "mine"], true],
  ["serve", () => ["serve"], true],
];

/** The files below a folder; an empty folder is no part of a result. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => !statSync(join(folder, path)).isDirectory())
    .sort();
}

/** Runs all commands, which must say that the place cannot be written, and leave it as it was. */
async function refuseAll(
  folder: string,
  home: string,
  run: (args: string[], home: string) => Promise<Finished> = runCommand,
): Promise<void> {
  const before = filesIn(folder);
  for (const [name, args, isHome] of COMMANDS) {
    const { code, stderr } = await run(args(folder), isHome ? folder : home);
    assert.equal(code, 1, `${name}: ${stderr}`);
    assert.match(stderr, /\[OUTPUT_(WRITE|SPACE)\]/, name);
    assert.ok(stderr.includes(folder), `${name}: ${stderr}`);
    assert.deepEqual(filesIn(folder), before, name);
  }
}

test("on a full disk each command says so, and leaves no part of a result", {
  skip: withoutMounts,
}, async (t) => {
  const disk = mountDisk(t, "128k");
  writeFileSync(join(disk, "filler"), "");
  assert.throws(() => {
    while (true) appendFileSync(join(disk, "filler"), Buffer.alloc(4096));
  }, /ENOSPC/);
  await refuseAll(disk, temporaryFolder(t));
});

test("on a disk that can only be read each command says so", { skip: withoutMounts }, async (t) => {
  const disk = mountDisk(t, "128k");
  writeFileSync(join(disk, "there"), "before");
  mount(["-o", "remount,ro", disk], disk);
  await refuseAll(disk, temporaryFolder(t));
});

/** A user who may write nothing that belongs to others; `nobody` of Debian. */
const NOBODY = "65534";
const AS_NOBODY = ["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"];

/** The start of a command line by which modes of files count: root passes over them. */
const unprivileged: readonly string[] | undefined =
  process.getuid?.() !== 0 ? [] : canBecomeNobody() ? AS_NOBODY : undefined;

function canBecomeNobody(): boolean {
  const [program, ...args] = [...AS_NOBODY, process.execPath, EXECUTABLE, "--version"];
  return spawnSync(program!, args).status === 0;
}

test("in a folder that may only be read each command says so", {
  skip:
    process.platform === "win32"
      ? "modes of files mean nothing on Windows"
      : unprivileged === undefined && "needs setpriv, and a program that everybody may read",
}, async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, "closed"));
  writeFileSync(join(folder, "closed", "there"), "before");
  const home = join(folder, "home");
  mkdirSync(home);
  chmodSync(home, 0o777);
  chmodSync(folder, 0o755);
  chmodSync(join(folder, "closed"), 0o555);
  const run = (args: string[], userHome: string) => {
    const [program, ...rest] = [...unprivileged!, process.execPath, EXECUTABLE, ...args];
    return finished(spawn(program!, rest, { env: { ...process.env, DEFCON_FIJI_HOME: userHome } }));
  };
  await refuseAll(join(folder, "closed"), home, run);
  assert.ok(existsSync(home) && !readdirSync(home).some((name) => name.endsWith(".partial")));
});
