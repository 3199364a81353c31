import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { DaemonEvent } from "../../src/daemon/daemon-event.js";
import { DaemonClient } from "../../src/protocol/client.js";
import { addressOf, type Discovery } from "../../src/protocol/discovery.js";
import { startCommand } from "./command.js";
import { RANDOM_MODEL } from "./oracle.js";

/** The arguments of a daemon that offers the random model. */
export const SERVE: readonly string[] = ["serve", "--json", "-m", RANDOM_MODEL];

/** A daemon in a process of its own. */
export interface Served {
  child: ChildProcess;
  home: string;
  discovery: Discovery;
  events: DaemonEvent[];
  /** Exit code, or the signal that ended it. */
  exit: Promise<number | string>;
  connect(): Promise<DaemonClient>;
}

/** `defcon-fiji serve` as a process of its own, ready. The caller ends it. */
export async function startServe(home: string, args: readonly string[] = SERVE): Promise<Served> {
  const child = startCommand(args, home);
  const exit = once(child, "exit").then(([code, signal]) => code ?? signal);
  const events: DaemonEvent[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface(child.stdout!).on("line", (line) => {
      events.push(JSON.parse(line));
      if (events.at(-1)!.event === "ready") resolve();
    });
    let errors = "";
    child.stderr!.on("data", (chunk) => {
      errors += chunk;
    });
    void exit.then((code) => reject(new Error(`serve ended with ${code}: ${errors}`)));
  });
  const discovery: Discovery = JSON.parse(readFileSync(join(home, "daemon.json"), "utf8"));
  const connect = () => DaemonClient.connect({ url: addressOf(discovery), token: discovery.token });
  return { child, home, discovery, events, exit, connect };
}
