import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../../src/base/home.js";
import type { Random } from "../../../src/base/random.js";
import { writePack } from "../../../src/fiji/archive.js";
import { listFijis } from "../../../src/fiji/listing.js";
import { readModel } from "../../../src/formats/registry.js";
import { lay, leftOvers, makeFiji, snapshot, wholeContent } from "../../../test/support/fiji.js";
import { holders, isAlive, quiet, Victim } from "../../../test/support/killing.js";
import type { Faults } from "../measured.js";
import type { Subject, SubjectKind } from "./subject.js";

const PROGRAM = new URL("./install-again.js", import.meta.url);
/** An installation is killed after at most this time since the program began, ms. */
const LONGEST_MS = 500;
/** A killed installation is under way no longer than this, ms. */
const PATIENCE_MS = 60_000;

/** What is installed in turns: versions, and the models of each. */
const VERSIONS = [
  ["1.0.0", ["cells"]],
  ["1.1.0", ["cells", "beads"]],
  ["1.2.0", ["rods"]],
] as const;

export const INSTALLER: SubjectKind = {
  title:
    "an installation into a Fiji is killed, half of the times with the process that switches: the folder has the version that was told or the next one, and nothing between",
  async prepare(folder) {
    const model = readFileSync(join(packageRoot, "models", "defcon.onnx"));
    const archives: string[] = [];
    const snapshots: string[] = [];
    for (const [version, models] of VERSIONS) {
      const content = wholeContent(version, [...models]);
      const files = new Map(content.files);
      for (const path of files.keys()) if (path.endsWith(".onnx")) files.set(path, model);
      const archive = join(folder, `${version}.tar.gz`);
      await writePack(archive, { ...content, files });
      archives.push(archive);
      const root = makeFiji(folder, version);
      await lay(root, { ...content, files });
      snapshots.push(JSON.stringify(snapshot(root)));
    }
    const make = async (lane: number) => {
      const home = join(folder, `home-${lane}`);
      mkdirSync(home);
      const root = makeFiji(folder, `Fiji-${lane}`);
      await lay(root, wholeContent("0.9.0"));
      return new Installation(root, home, archives, snapshots);
    };
    return { make, end: async () => undefined };
  },
};

/** A Fiji into which one version after the other is installed. */
class Installation implements Subject {
  readonly told = { "found switched to the next version": 0, "found as it was told": 0 };
  /** The number of the version that is installed; -1 before the first. */
  private installed = -1;

  constructor(
    private readonly root: string,
    private readonly home: string,
    private readonly archives: readonly string[],
    /** What the Fiji is with each version. */
    private readonly snapshots: readonly string[],
  ) {}

  async round(random: Random, faults: Faults): Promise<boolean> {
    const { root } = this;
    const first = this.installed + 1;
    const victim = Victim.start(PROGRAM, [root, String(first), ...this.archives], this.home);
    await victim.said(1);
    const isBoth = random.uniform() < 0.5;
    let switching: number[] = [];
    const wasAlive = await victim.killAfter(random.uniform(0, LONGEST_MS), () => {
      switching = isBoth ? holders(root) : [];
    });
    for (const pid of switching) if (isAlive(pid)) process.kill(pid, "SIGKILL");
    await quiet(root, PATIENCE_MS);
    const told = first + victim.lines.length - 2;
    if (!isBoth) this.versionNow(told, faults);
    await listFijis(root);
    const now = this.versionNow(told, faults);
    this.told[now === told ? "found as it was told" : "found switched to the next version"]++;
    this.installed = now;
    faults.check(leftOvers(root).length === 0, () => `${root}: left ${leftOvers(root).join(" ")}`);
    await this.lookAtHome(faults);
    return wasAlive;
  }

  /** Which version the Fiji holds: the one that was told, or the next one. */
  private versionNow(told: number, faults: Faults): number {
    const found = JSON.stringify(snapshot(this.root));
    for (const number of [told, told + 1]) {
      // Before the first version, there is an older one whose content does not matter.
      const expected = this.snapshots[number % this.snapshots.length];
      if (number < 0 ? !this.snapshots.includes(found) : found === expected) return number;
    }
    faults.add(`${this.root}: neither version ${told} nor the next: ${found}`);
    return this.snapshots.indexOf(found);
  }

  /** The user's folder has whole models and no more than one file that was not finished. */
  private async lookAtHome(faults: Faults): Promise<void> {
    const models = join(this.home, "models");
    for (const folder of [this.home, models]) {
      const left = namesIn(folder).filter((name) => name.endsWith(".partial"));
      faults.check(left.length <= 1, () => `${folder}: left ${left.join(" ")}`);
    }
    for (const name of namesIn(models).filter((each) => !each.startsWith("."))) {
      await readModel(join(models, name)).catch((error: Error) => faults.add(error.message));
    }
    const launcher = namesIn(this.home).includes("launcher.json") && join(this.home, "launcher.json");
    if (launcher) JSON.parse(readFileSync(launcher, "utf8"));
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
