import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { simulateInto } from "../../../src/api/simulate.js";
import { packageRoot } from "../../../src/base/home.js";
import { finished, runCommand } from "../../support/command.js";
import { PodsAsProcesses } from "../../support/pods.js";
import { OneNodeSlurm, withoutSlurm } from "../../support/slurm.js";
import {
  mkdirTo,
  NotedProgram,
  pathWithSnakemake,
  snakemake,
  unlock,
  WORKFLOW,
  withoutSnakemake,
  workplace,
} from "../../support/snakemake.js";
import { temporaryFolder } from "../../support/temporary.js";

const MODEL = join(packageRoot, "models", "defcon-fast.onnx");
const STACKS = 20;
const CORES = 2;
const skip = withoutSnakemake;

suite("a folder of experiments", { skip }, () => {
  const folder = temporaryFolder({ after });
  const [experiments, whole] = [join(folder, "experiments"), join(folder, "whole")];
  const program = new NotedProgram(join(folder, "program"));

  before(async () => {
    mkdirSync(join(experiments, "night"), { recursive: true });
    for (const name of names()) {
      const drawn = join(folder, "drawn", name);
      mkdirSync(drawn, { recursive: true });
      const settings = { frames: 4, width: 32, height: 32, density: 1 };
      await simulateInto(drawn, settings, { seed: Number(name.slice(4)) });
      copyFileSync(join(drawn, "frames.tif"), join(experiments, "night", `${name}.tif`));
    }
    // The truth of two of them is known.
    for (const name of names().slice(0, 2)) {
      const table = join(experiments, "night", `${name}.csv`);
      copyFileSync(join(folder, "drawn", name, "ground_truth.csv"), table);
    }
    const stacks = names().map((name) => join(experiments, "night", `${name}.tif`));
    const { code, stderr } = await runCommand(["predict", ...stacks, "-m", MODEL, "-o", whole], folder);
    assert.equal(code, 0, stderr);
  });

  const configuration = (more: Readonly<Record<string, unknown>>) => ({
    experiments,
    model: MODEL,
    defcon_fiji: program.command,
    threads: 1,
    ...more,
  });

  function assertCounted(run: string): void {
    for (const name of readdirSync(whole)) {
      const found = readFileSync(join(run, "results", "stacks", "night", name));
      assert.ok(found.equals(readFileSync(join(whole, name))), `${name} of ${run}`);
    }
    assert.equal(readdirSync(join(run, "results", "stacks", "night")).length, 2 * STACKS);
  }

  test("killed in the middle, it does the rest, and the tables are those of one run", async () => {
    const run = workplace(folder, "local", configuration({ shards: 2 }));
    const killed = snakemake(run, [
      "--profile",
      join(WORKFLOW, "profiles", "default"),
      "--cores",
      `${CORES}`,
    ]);
    await program.called(STACKS, killed);
    process.kill(-killed.pid!, "SIGKILL");
    await once(killed, "close");
    const results = join(run, "results", "stacks", "night");
    const done = new Map(
      readdirSync(results)
        .filter((name) => /^run_\d+\.counts\.csv$/.test(name))
        .map((name) => [name, statSync(join(results, name)).mtimeMs]),
    );
    assert.ok(done.size < STACKS, "it was not killed in the middle");
    const before = program.calls().length;

    const again = [
      "--profile",
      join(WORKFLOW, "profiles", "default"),
      "--cores",
      `${CORES}`,
      "--rerun-incomplete",
    ];
    await unlock(run);
    const { code, stderr } = await finished(snakemake(run, again));
    assert.equal(code, 0, stderr);
    assertCounted(run);
    // A job whose end Snakemake did not live to see is done again: at most one on each core.
    const redone = [...done].filter(([name, time]) => statSync(join(results, name)).mtimeMs !== time);
    assert.ok(redone.length <= CORES, redone.join("; "));
    assert.ok(program.calls().length - before < 3 * STACKS + 3, "the second run did everything");

    const [all, last] = [program.calls().length, await finished(snakemake(run, again))];
    assert.equal(last.code, 0, last.stderr);
    assert.equal(program.calls().length, all, "a third run did something");
    assertSummary(run);
  });

  test("SLURM counts the same", { skip: withoutSlurm() }, async (t) => {
    const slurm = await OneNodeSlurm.start(t, mkdirTo(folder, "slurm"));
    const run = workplace(folder, "cluster", configuration({ shards: 1 }));
    const { code, stderr } = await finished(
      snakemake(
        run,
        [
          ...["--profile", join(WORKFLOW, "profiles", "slurm")],
          ...["--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "5"],
          ...["--groups", "predict=stacks", "--group-components", "stacks=5"],
        ],
        slurm.env,
      ),
    );
    assert.equal(code, 0, stderr);
    assertCounted(run);
    assertSummary(run);
    // Four groups of five stacks, and the evaluation.
    const states = slurm.ask("squeue", "-h", "-t", "all", "-o", "%T").trim().split("\n");
    assert.deepEqual(states, Array(5).fill("COMPLETED"));
  });

  test("a Kubernetes cluster gets a job for each part, which counts the same", {
    skip: withoutRsync(),
  }, async (t) => {
    const pods = await PodsAsProcesses.start(t, join(folder, "pods"), pathWithSnakemake());
    const some = mkdirTo(folder, "some");
    for (const name of names().slice(0, 2)) {
      const file = join(mkdirTo(some, "night"), `${name}.tif`);
      copyFileSync(join(experiments, "night", `${name}.tif`), file);
    }
    const run = workplace(
      folder,
      "kubernetes",
      configuration({ experiments: some, results: join(folder, "volume"), shards: 2 }),
    );
    // Pods get a copy of what git lists in the folder of the run.
    cpSync(WORKFLOW, join(run, "workflow"), { recursive: true });
    for (const words of [
      ["init", "-q"],
      ["add", "workflow", "config"],
    ])
      spawnSync("git", words, { cwd: run });
    const args = [
      "--profile",
      join("workflow", "profiles", "kubernetes"),
      ...["--seconds-between-status-checks", "1"],
    ];
    const { code, stderr } = await finished(snakemake(run, args, { KUBECONFIG: pods.configuration }));
    assert.equal(code, 0, stderr);
    for (const name of names().slice(0, 2)) {
      for (const file of [`${name}.counts.csv`, `${name}.density.tif`]) {
        const found = readFileSync(join(folder, "volume", "stacks", "night", file));
        assert.ok(found.equals(readFileSync(join(whole, file))), file);
      }
    }
    // Two shards and a join for each stack.
    assert.equal(pods.jobs.length, 6);
    for (const { spec } of pods.jobs) {
      const { containers, volumes } = spec.template.spec;
      assert.match(containers[0]!.image, /^defcon-fiji:/);
      assert.ok(volumes.some((volume) => volume.persistentVolumeClaim?.claimName === "defcon-data"));
      assert.ok(containers[0]!.volumeMounts.some(({ mountPath }) => mountPath === "/data"));
      assert.match(containers[0]!.resources.requests.memory ?? "", /^[24]000M$/);
    }
  });

  /** The table over all stacks has what each one's own table tells. */
  function assertSummary(run: string): void {
    const [head, ...rows] = readFileSync(join(run, "results", "summary.csv"), "utf8")
      .trim()
      .split("\n");
    assert.match(head!, /^experiment,stack,frames,count_mean,/);
    assert.deepEqual(
      rows.map((row) => row.split(",").slice(0, 3).join(",")),
      names().map((name) => `night,${name},4`),
    );
    for (const [i, row] of rows.entries()) {
      const counts = readFileSync(join(whole, `${names()[i]}.counts.csv`), "utf8")
        .trim()
        .split("\n")
        .slice(1);
      const mean = counts.reduce((sum, line) => sum + Number(line.split(",")[1]), 0) / counts.length;
      assert.ok(Math.abs(Number(row.split(",")[3]) - mean) < 1e-4 * mean, row);
    }
    const evaluated = readFileSync(join(run, "results", "evaluation", "night", "summary.csv"), "utf8");
    assert.match(evaluated, /^model,all,all,8,/m);
    const page = readFileSync(join(run, "results", "report.html"), "utf8");
    assert.equal(page.match(/<polyline /g)?.length, STACKS);
    assert.match(
      readFileSync(join(run, "results", "versions.yml"), "utf8"),
      /^defcon-fiji: \d+\.\d+\.\d+\n$/,
    );
  }
});

test("hadolint has nothing to say about the Dockerfile", { skip }, async () => {
  const env = { ...process.env, PATH: pathWithSnakemake() };
  const checked = await finished(spawn("hadolint", [join(WORKFLOW, "Dockerfile")], { env }));
  assert.equal(checked.code, 0, checked.stdout);
});

suite("a sweep", { skip }, () => {
  const folder = temporaryFolder({ after });
  const program = new NotedProgram(join(folder, "program"));

  test("interrupted in a training, it goes on to the models of one run", async () => {
    const plan = join(folder, "plan.json");
    writeFileSync(
      plan,
      JSON.stringify({ seed: 5, runs: 8, frames: 3, side: 32, settings: { density: { uniform: [0.1, 2] } } }),
    );
    const data = mkdirTo(folder, "held-out");
    await simulateInto(data, { frames: 4, width: 32, height: 32, density: 1 }, { seed: 9 });
    const sweep = {
      plan,
      data,
      samples: 48,
      seeds: [1, 2],
      parameters: { "learning-rate": [0.001, 0.003], "end-to-end": [true] },
      options: "--architecture defcon-fast",
    };
    const run = workplace(folder, "sweep", { defcon_fiji: program.command, threads: 1, sweep });
    const stopped = snakemake(run, ["--cores", "1"]);
    // The second training has begun, or is about to.
    await program.called(3, stopped);
    process.kill(-stopped.pid!, "SIGINT");
    await once(stopped, "close");

    await unlock(run);
    const { code, stderr } = await finished(snakemake(run, ["--cores", "1", "--rerun-incomplete"]));
    assert.equal(code, 0, stderr);
    const results = join(run, "results", "sweep");
    const name = "learning-rate-0.003_end-to-end-true_seed-2";
    const alone = join(folder, "alone");
    const options = [
      ...["--samples", "48", "--architecture", "defcon-fast", "--learning-rate", "0.003"],
      ...["--end-to-end", "--seed", "2", "--name", "model"],
    ];
    const trained = await runCommand(["train", "--simulate", plan, "-o", alone, ...options], folder);
    assert.equal(trained.code, 0, trained.stderr);
    const model = readFileSync(join(results, name, "model.onnx"));
    assert.ok(model.equals(readFileSync(join(alone, "model.onnx"))), name);

    const rows = readFileSync(join(results, "runs.csv"), "utf8").trim().split("\n");
    assert.deepEqual(
      rows.map((row) => row.split(",").slice(0, 3).join(",")),
      ["learning-rate,end-to-end,seed", "0.001,true,1", "0.001,true,2", "0.003,true,1", "0.003,true,2"],
    );
    const settings = readFileSync(join(results, "settings.csv"), "utf8").trim().split("\n");
    assert.equal(settings.length, 3);
    const bias = (row: string) => Number(row.split(",")[3]);
    const mean = Number(settings[1]!.split(",")[3]);
    assert.ok(Math.abs((bias(rows[1]!) + bias(rows[2]!)) / 2 - mean) < 1e-4 * Math.abs(mean) + 1e-6);
  });
});

/** What copies files to and from the store on the volume. */
function withoutRsync(): string | false {
  return spawnSync("rsync", ["--version"]).status === 0 ? false : "rsync not found";
}

function names(): string[] {
  return Array.from({ length: STACKS }, (_, i) => `run_${String(i + 1).padStart(2, "0")}`);
}
