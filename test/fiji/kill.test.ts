import assert from "node:assert/strict";
import { once } from "node:events";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { listFijis } from "../../src/fiji/listing.js";
import { STAGING, STAGING_PREFIX } from "../../src/fiji/switch.js";
import { finished, runCommand, startCommand } from "../support/command.js";
import {
  lay,
  leftOvers,
  makeFiji,
  PLUGIN_JAR,
  putFile,
  snapshot,
  wholeContent,
  withoutPlugin,
} from "../support/fiji.js";
import { holders, isAlive, quiet } from "../support/killing.js";
import { RANDOM_MODEL } from "../support/oracle.js";
import { randomSource } from "../support/random.js";
import { temporaryFolder } from "../support/temporary.js";

/** How often an installation is killed; DEFCON_FIJI_KILLS=1000 for a whole measurement. */
const KILLS = Number(process.env.DEFCON_FIJI_KILLS ?? 20);
const LANES = 2;
/** A killed installation is under way no longer than this, ms. */
const PATIENCE_MS = 60_000;

/** When an installation is killed, whether the process that switches is killed with it, and up to which random number. */
const MOMENTS = [
  { when: "any time", both: false, below: 0.4 },
  { when: "while staging", both: false, below: 0.55 },
  { when: "about the switch", both: false, below: 0.7 },
  { when: "about the switch", both: true, below: 0.85 },
  { when: "in the switch", both: true, below: 1 },
] as const;

interface Fixture {
  folder: string;
  /** A Fiji with an older version, to be copied. */
  older: string;
  old: Record<string, string>;
  new: Record<string, string>;
  /** How long an installation takes here, ms. */
  duration: number;
}

async function prepare(folder: string): Promise<Fixture> {
  const older = makeFiji(folder, "older");
  const content = wholeContent("0.0.9", ["cells", "beads"]);
  const files = new Map([
    ...content.files,
    ["plugins/defcon-fiji_-0.0.9.jar", readFileSync(PLUGIN_JAR!)],
  ] as const);
  await lay(older, { ...content, files });
  putFile(older, "macros/DEFCoN_Count_Stack.ijm", "the user's own version");
  const newer = join(folder, "newer");
  cpSync(older, newer, { recursive: true });
  const started = performance.now();
  const { code, stderr } = await runCommand(["install", RANDOM_MODEL, "--fiji", newer], folder);
  assert.equal(code, 0, stderr);
  const duration = performance.now() - started;
  return { folder, older, old: snapshot(older), new: snapshot(newer), duration };
}

/** How far an installation is, as far as can be seen. */
function phase(root: string): string {
  const staging = readdirSync(root).find((name) => name.startsWith(STAGING_PREFIX));
  if (!staging)
    return existsSync(join(root, "plugins/defcon-fiji_-0.0.9.jar")) ? "before staging" : "after the switch";
  if (existsSync(join(root, staging, STAGING.done))) return "cleaning up";
  return existsSync(join(root, staging, STAGING.journal)) ? "journal written, or switching" : "staging";
}

async function until(reached: () => boolean): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; !reached(); await sleep(0)) {
    assert.ok(performance.now() < end, "an installation does not begin");
  }
}

test(`${KILLS} installations killed at random moments: the old version or the new one, nothing between`, {
  skip: withoutPlugin || (process.platform !== "linux" && "looks at processes in /proc"),
}, async (t) => {
  const fixture = await prepare(temporaryFolder(t));
  const random = randomSource(Number(process.env.DEFCON_FIJI_SEED ?? 1));
  const counts = new Map<string, number>();
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  let next = 0;
  const lane = async () => {
    while (next < KILLS) {
      const root = join(fixture.folder, `Fiji-${next++}`);
      cpSync(fixture.older, root, { recursive: true });
      await killOne(root, fixture, random, count);
      rmSync(root, { recursive: true });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  for (const [what, times] of [...counts].sort()) t.diagnostic(`${what}: ${times}`);
  assert.ok(counts.get("then: old") && counts.get("then: new"));
});

async function killOne(
  root: string,
  fixture: Fixture,
  random: ReturnType<typeof randomSource>,
  count: (what: string) => void,
): Promise<void> {
  const draw = random.next();
  const moment = MOMENTS.find(({ below }) => draw < below)!;
  const child = startCommand(["install", RANDOM_MODEL, "--fiji", root], fixture.folder);
  const end = finished(child);
  const hasEnded = () => child.exitCode !== null;
  const delay = random.next();
  const reached = (test: () => boolean) => until(() => hasEnded() || test());
  if (moment.when === "any time") {
    await Promise.race([sleep(1.3 * delay * fixture.duration), once(child, "exit")]);
  } else if (moment.when === "while staging") {
    await reached(() => phase(root) !== "before staging");
    await sleep(60 * delay);
  } else if (moment.when === "about the switch") {
    await reached(() => phase(root) === "journal written, or switching");
    await sleep(12 * delay);
  } else {
    await reached(() => !existsSync(join(root, "plugins/DEFCoN/manifest.json")));
  }
  const seen = phase(root);
  const victims = moment.both ? holders(root) : [];
  child.kill("SIGKILL");
  for (const pid of victims) {
    if (isAlive(pid)) process.kill(pid, "SIGKILL");
  }
  await end;
  count(
    `killed, ${moment.both ? "with the process that switches" : "alone"}: ${hasEnded() ? "had ended" : seen}`,
  );
  await quiet(root, PATIENCE_MS);
  const left = snapshot(root);
  if (!moment.both) assertOldOrNew(left, fixture);
  count(`left: ${nameOf(left, fixture) ?? "between, with a journal"}`);
  const [listing] = await listFijis(root);
  const then = snapshot(root);
  assertOldOrNew(then, fixture);
  assert.deepEqual(leftOvers(root), []);
  assert.equal(listing?.version === "0.0.9", nameOf(then, fixture) === "old");
  count(`then: ${nameOf(then, fixture)}`);
  if (random.next() > 0.1) return;
  const again = await runCommand(["install", RANDOM_MODEL, "--fiji", root], fixture.folder);
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual(snapshot(root), fixture.new);
  assert.deepEqual(leftOvers(root), []);
}

function nameOf(found: Record<string, string>, fixture: Fixture): "old" | "new" | undefined {
  const text = JSON.stringify(found);
  return (["old", "new"] as const).find((name) => JSON.stringify(fixture[name]) === text);
}

function assertOldOrNew(found: Record<string, string>, fixture: Fixture): void {
  if (!nameOf(found, fixture))
    assert.deepEqual(found, fixture.old, "neither the old version nor the new one");
}
