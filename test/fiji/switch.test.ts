import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { writeFiles } from "../../src/base/atomic-folder.js";
import { lockFiji } from "../../src/fiji/lock.js";
import { planInstall } from "../../src/fiji/plan.js";
import { readState } from "../../src/fiji/state.js";
import { foldersForTaken, performSwitch, STAGING, STAGING_PREFIX, type Step } from "../../src/fiji/switch.js";
import { changeFiji, settleFiji } from "../../src/fiji/switcher.js";
import {
  lay,
  leftOvers,
  makeFiji,
  mount,
  mountDisk,
  putFile,
  snapshot,
  takeOut,
  wholeContent,
  withoutMounts,
} from "../support/fiji.js";
import { temporaryFolder } from "../support/temporary.js";

const OLD = wholeContent("1.0.0", ["cells", "beads"]);
const NEW = wholeContent("1.1.0", ["cells", "rods"]);

/** A Fiji with an older version and things of the user's in its way. */
async function olderFiji(parent: string): Promise<string> {
  const root = makeFiji(parent);
  await lay(root, OLD);
  putFile(root, "macros/DEFCoN_Count_Stack.ijm", "my own version");
  return root;
}

/** All but the last step before "go": a staging folder with its journal. */
async function stage(root: string): Promise<{ staging: string; steps: readonly Step[] }> {
  const { fresh, steps, emptied } = planInstall(readState(root), NEW);
  const staging = join(root, `${STAGING_PREFIX}test`);
  mkdirSync(staging);
  await writeFiles(join(staging, STAGING.fresh), fresh);
  for (const folder of foldersForTaken(steps))
    mkdirSync(join(staging, STAGING.old, folder), { recursive: true });
  writeFileSync(join(staging, STAGING.journal), JSON.stringify({ steps, emptied }));
  return { staging, steps };
}

/** Does what a step says, with nothing of the program. */
function doStep(root: string, staging: string, step: Step): void {
  const place = join(root, step.path);
  if (step.do === "take") renameSync(place, join(staging, STAGING.old, step.path));
  else if (step.do === "place") renameSync(join(staging, STAGING.fresh, step.path), place);
  else if (step.do === "rename") renameSync(place, join(root, step.to));
  else if (step.do === "folder") mkdirSync(place);
  else rmdirSync(place);
}

test("a switch that breaks off after any of its steps is undone by whoever comes next", async (t) => {
  const root = await olderFiji(temporaryFolder(t));
  const before = snapshot(root);
  const count = planInstall(readState(root), NEW).steps.length;
  assert.ok(count > 10);
  for (let done = 0; done <= count; done++) {
    const { staging, steps } = await stage(root);
    for (const step of steps.slice(0, done)) doStep(root, staging, step);
    if (done > 0) assert.notDeepEqual(snapshot(root), before);
    await settleFiji(root);
    assert.deepEqual(snapshot(root), before, `after ${done} steps`);
    assert.deepEqual(leftOvers(root), []);
  }
});

test("an undoing that breaks off itself is gone on with", async (t) => {
  const root = await olderFiji(temporaryFolder(t));
  const before = snapshot(root);
  const { staging, steps } = await stage(root);
  for (const step of steps) doStep(root, staging, step);
  // The last steps are undone by hand, as far as a killed process may have come.
  for (const step of [...steps].reverse().slice(0, 5)) {
    assert.equal(step.do, "place");
    renameSync(join(root, step.path), join(staging, STAGING.fresh, step.path));
  }
  await settleFiji(root);
  assert.deepEqual(snapshot(root), before);
});

test("a switch that was done, and broke off while cleaning up, is finished", async (t) => {
  const [root, twin] = [await olderFiji(temporaryFolder(t)), await olderFiji(temporaryFolder(t))];
  await lay(twin, NEW);
  const { staging, steps } = await stage(root);
  for (const step of steps) doStep(root, staging, step);
  renameSync(join(staging, STAGING.journal), join(staging, STAGING.done));
  rmSync(join(staging, STAGING.old, "plugins"), { recursive: true });
  await settleFiji(root);
  assert.deepEqual(snapshot(root), snapshot(twin));
  assert.deepEqual(leftOvers(root), []);
});

test("a step that fails leaves all as it was: something has appeared in a file's place", async (t) => {
  const root = await olderFiji(temporaryFolder(t));
  const { staging } = await stage(root);
  putFile(root, "plugins/defcon-fiji_-1.1.0.jar", "put there meanwhile");
  const before = snapshot(root);
  assert.throws(() => performSwitch(root, staging), /has appeared since/);
  assert.deepEqual(snapshot(root), before);
  assert.deepEqual(leftOvers(root), []);
});

test("a jar that cannot be moved since something holds it leaves the old version", {
  skip: withoutMounts,
}, async (t) => {
  const root = await olderFiji(temporaryFolder(t));
  const jar = join(root, "plugins/defcon-fiji_-1.0.0.jar");
  const before = snapshot(root);
  const unmount = mount(["--bind", jar, jar], jar);
  try {
    for (const attempt of [() => lay(root, NEW), () => takeOut(root)]) {
      await assert.rejects(attempt, {
        code: "FIJI_WRITE",
        message: /\(it is as it was\), found EBUSY.*Quit Fiji, which holds its files open, and try again\./,
      });
      assert.deepEqual(snapshot(root), before);
      assert.deepEqual(leftOvers(root), []);
    }
  } finally {
    unmount();
  }
  await lay(root, NEW);
});

test("a full disk leaves the old version, wherever it becomes full", { skip: withoutMounts }, async (t) => {
  const disk = mountDisk(t, "256k");
  const root = await olderFiji(disk);
  const before = snapshot(root);
  const filler = join(disk, "filler");
  let refused = 0;
  // From no room at all to room for everything, a page of memory more each time.
  for (let room = 0; ; room += 4096) {
    rmSync(filler, { force: true });
    fill(filler, room);
    try {
      await lay(root, NEW);
      break;
    } catch (error) {
      assert.match(String(error), /FijiError: .*\(it is as it was\), found .*ENOSPC.*Free space/);
      refused++;
    }
    assert.deepEqual(snapshot(root), before);
    rmSync(filler);
    await settleFiji(root);
    assert.deepEqual(leftOvers(root), []);
  }
  assert.ok(refused > 5, `${refused} refusals`);
  const twin = await olderFiji(temporaryFolder(t));
  await lay(twin, NEW);
  assert.deepEqual(snapshot(root), snapshot(twin));
});

/** Fills a disk up to some bytes. */
function fill(path: string, room: number): void {
  const pages: Buffer[] = [];
  try {
    for (;;) {
      pages.push(Buffer.alloc(4096));
      writeFileSync(path, pages.at(-1)!, { flag: "a" });
    }
  } catch {
    const kept = Buffer.concat(pages.slice(0, Math.max(0, pages.length - 1 - room / 4096)));
    writeFileSync(path, kept);
  }
}

test("a read-only Fiji is told as such, and can be listed", { skip: withoutMounts }, async (t) => {
  const disk = mountDisk(t, "1m");
  const root = await olderFiji(disk);
  const before = snapshot(root);
  mount(["-o", "remount,ro", disk], disk);
  await assert.rejects(lay(root, NEW), {
    code: "FIJI_WRITE",
    message: /found EROFS.*That disk cannot be written; copy Fiji to one that can/,
  });
  await settleFiji(root);
  assert.deepEqual(snapshot(root), before);
});

test("two installations at once: one after the other, or the second is refused", async (t) => {
  const root = makeFiji(temporaryFolder(t));
  const both = await Promise.allSettled([lay(root, OLD), lay(root, OLD)]);
  assert.ok(both.some(({ status }) => status === "fulfilled"));
  for (const each of both) if (each.status === "rejected") assert.equal(each.reason.code, "FIJI_BUSY");
  const lock = await lockFiji(root);
  await assert.rejects(lockFiji(root, 100), {
    code: "FIJI_BUSY",
    message: new RegExp(`found one by process ${process.pid} on ${hostname()}`),
  });
  const waiting = lay(root, NEW);
  setTimeout(() => lock.release(), 200);
  await waiting;
  assert.deepEqual(leftOvers(root), []);
});

test("a lock of a process that was killed does not last; one of another machine does", async (t) => {
  const root = makeFiji(temporaryFolder(t));
  const place = join(root, ".defcon-fiji-lock");
  const dead = spawn(process.execPath, ["-e", ""]);
  await once(dead, "exit");
  putFile(place, `${dead.pid}@${encodeURIComponent(hostname())}`, "");
  putFile(
    root,
    `.defcon-fiji-lock-${dead.pid}@${encodeURIComponent(hostname())}/${dead.pid}@${hostname()}`,
    "",
  );
  await lay(root, OLD);
  assert.deepEqual(leftOvers(root), []);
  mkdirSync(place);
  await lay(root, NEW);
  assert.deepEqual(leftOvers(root), []);
  putFile(place, "1@elsewhere", "");
  await assert.rejects(lockFiji(root, 100), {
    code: "FIJI_BUSY",
    message: /process 1 on elsewhere.*remove .*defcon-fiji-lock/,
  });
});

test("where the process that switches is killed, the installation undoes what it did and says so", async (t) => {
  const root = await olderFiji(temporaryFolder(t));
  const before = snapshot(root);
  const killer = setInterval(() => {
    for (const name of namesIn(join(root, ".defcon-fiji-lock"))) {
      const pid = Number.parseInt(name, 10);
      if (pid === process.pid) continue;
      process.kill(pid, "SIGKILL");
      clearInterval(killer);
    }
  }, 1);
  try {
    await assert.rejects(lay(root, NEW), { code: "FIJI_WRITE", message: /ended with SIGKILL/ });
  } finally {
    clearInterval(killer);
  }
  assert.deepEqual(snapshot(root), before);
  assert.deepEqual(leftOvers(root), []);
});

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

test("cancelling before the switch leaves the old version", async (t) => {
  const root = await olderFiji(temporaryFolder(t));
  const before = snapshot(root);
  const cancel = new AbortController();
  const work = () => {
    cancel.abort();
    return planInstall(readState(root), NEW);
  };
  await assert.rejects(changeFiji(root, work, cancel.signal), { code: "CANCELLED" });
  assert.deepEqual(snapshot(root), before);
  assert.deepEqual(leftOvers(root), []);
});

test("a damaged journal is left alone, and says where the old files are", async (t) => {
  const root = await olderFiji(temporaryFolder(t));
  const { staging } = await stage(root);
  writeFileSync(join(staging, STAGING.journal), "{");
  await assert.rejects(settleFiji(root), {
    code: "FIJI_WRITE",
    message: /found a damaged file. What was there before lies in/,
  });
  assert.ok(readdirSync(staging).includes(STAGING.fresh));
  assert.equal(readFileSync(join(staging, STAGING.journal), "utf8"), "{");
});
