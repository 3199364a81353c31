import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { cpus, hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Ending } from "./temporary.js";

const DAEMONS = ["munged", "slurmctld", "slurmd"];
const COMMANDS = ["sbatch", "srun", "squeue", "scancel", "scontrol", "sinfo", "sacct", "sacctmgr"];
/** Where Debian puts daemons; a user's PATH may lack it. */
const PATH = `${process.env.PATH}:/usr/sbin`;
const PATIENCE = 60_000;

/** Why no SLURM can be started here; undefined where it can. */
export function withoutSlurm(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "SLURM's daemons need root on Linux";
  const missing = DAEMONS.filter((name) => spawnSync("which", [name], { env: { PATH } }).status !== 0);
  return missing.length > 0 ? `${missing.join(", ")} not found: apt install slurm-wlm munge` : undefined;
}

/** A cluster of this one machine, with all its files in one folder. */
export class OneNodeSlurm {
  private readonly daemons: ChildProcess[] = [];

  private constructor(private readonly folder: string) {}

  /** Starts it and waits until a job may run. It ends after the test. */
  static async start(context: Ending, folder: string): Promise<OneNodeSlurm> {
    const slurm = new OneNodeSlurm(folder);
    context.after(() => slurm.stop());
    for (const name of ["state", "spool", "bin"]) mkdirSync(join(folder, name), { recursive: true });
    await slurm.configure();
    slurm.daemon("munged", ["--foreground", "--force", ...slurm.mungeFiles()]);
    await slurm.until(() => spawnSync("munge", ["-n", "-S", join(folder, "munge.socket")]).status === 0);
    slurm.daemon("slurmctld", ["-D"]);
    slurm.daemon("slurmd", ["-D"]);
    await slurm.until(() => slurm.ask("sinfo", "-h", "-o", "%T").trim() === "idle");
    return slurm;
  }

  /** Variables for programs that use the cluster. */
  get env(): { PATH: string } {
    return { PATH: `${join(this.folder, "bin")}:${PATH}` };
  }

  /** What one of SLURM's commands prints. */
  ask(command: string, ...args: string[]): string {
    return spawnSync(join(this.folder, "bin", command), args, { encoding: "utf8" }).stdout;
  }

  private async configure(): Promise<void> {
    const { folder } = this;
    const conf = join(folder, "slurm.conf");
    const [control, node] = await freePorts(2);
    const host = hostname().split(".")[0];
    // Neither control groups nor a database: a container has no right to the first.
    const lines = [
      "ClusterName=test",
      `SlurmctldHost=${host}(127.0.0.1)`,
      "SlurmUser=root",
      "SlurmdUser=root",
      "AuthType=auth/munge",
      `AuthInfo=socket=${join(folder, "munge.socket")}`,
      "CredType=cred/munge",
      `SlurmctldPort=${control}`,
      `SlurmdPort=${node}`,
      `StateSaveLocation=${join(folder, "state")}`,
      `SlurmdSpoolDir=${join(folder, "spool")}`,
      `SlurmctldPidFile=${join(folder, "slurmctld.pid")}`,
      `SlurmdPidFile=${join(folder, "slurmd.pid")}`,
      "ProctrackType=proctrack/linuxproc",
      "TaskPlugin=task/none",
      "SwitchType=switch/none",
      "MpiDefault=none",
      "SelectType=select/cons_tres",
      "SelectTypeParameters=CR_Core",
      "ReturnToService=2",
      "MinJobAge=3600",
      `NodeName=${host} NodeAddr=127.0.0.1 CPUs=${cpus().length} RealMemory=16000`,
      "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP",
    ];
    writeFileSync(conf, `${lines.join("\n")}\n`);
    writeFileSync(join(folder, "munge.key"), randomBytes(1024), { mode: 0o600 });
    for (const name of COMMANDS) {
      // Snakemake's plugin takes SLURM's variables away inside of jobs, SLURM_CONF too.
      const text = `#!/bin/sh\nSLURM_CONF='${conf}' exec /usr/bin/${name} "$@"\n`;
      writeFileSync(join(folder, "bin", name), text);
      chmodSync(join(folder, "bin", name), 0o755);
    }
  }

  private mungeFiles(): string[] {
    const files = { "key-file": "key", socket: "socket", "pid-file": "pid", "seed-file": "seed" };
    return Object.entries(files).map(([option, name]) => `--${option}=${join(this.folder, `munge.${name}`)}`);
  }

  private daemon(name: string, args: readonly string[]): void {
    const env = { ...process.env, PATH, SLURM_CONF: join(this.folder, "slurm.conf") };
    const log = join(this.folder, `${name}.log`);
    const words = [name, ...args].map((word) => `'${word}'`).join(" ");
    this.daemons.push(spawn("sh", ["-c", `exec ${words} > '${log}' 2>&1`], { env, stdio: "ignore" }));
  }

  private async until(holds: () => boolean): Promise<void> {
    for (const end = performance.now() + PATIENCE; !holds(); await sleep(100)) {
      if (performance.now() > end) throw new Error(`SLURM does not start: see the logs in ${this.folder}`);
    }
  }

  private async stop(): Promise<void> {
    for (const daemon of this.daemons.reverse()) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      const ended = new Promise((resolve) => daemon.once("close", resolve));
      daemon.kill("SIGTERM");
      await ended;
    }
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) =>
          server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)),
        ),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
