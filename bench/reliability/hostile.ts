import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { ClientStream, DaemonClient } from "../../src/protocol/client.js";
import { addressOf } from "../../src/protocol/discovery.js";
import { ATTACKS } from "../../test/support/attacks.js";
import { Victim } from "../../test/support/killing.js";
import { startServe } from "../../test/support/serve.js";
import { median } from "../statistics.js";
import { Faults, grouped, type Measured } from "./measured.js";

const ATTACKER = new URL("./hostile/attacker.js", import.meta.url);
/** Clients that do nothing wrong. Each sends a frame, waits for its answer, and rests. */
const HONEST = 4;
const SIDE = 64;
const REST_MS = 20;
/** Most that the median of their latencies may rise to, as a multiple. */
const MOST_RATIO = 2;

/** What honest clients saw in some time. */
interface Phase {
  /** Times until answers, ms. */
  times: number[];
  wrong: number;
}

/**
 * Makes each attack in turn beside four honest clients, and compares their latency with that before
 * and after it. Options: --seconds (of each attack), --only (one attack).
 */
export async function measure(args: readonly string[]): Promise<Measured[]> {
  const { values } = parseArgs({
    args: [...args],
    options: { seconds: { type: "string", default: "6" }, only: { type: "string" } },
  });
  const ms = 1000 * Number(values.seconds);
  const home = mkdtempSync(join(tmpdir(), "defcon-fiji-hostile-"));
  const served = await startServe(home);
  const place = [addressOf(served.discovery), served.discovery.token] as const;
  const rows: Measured[] = [];
  try {
    const clients = await Promise.all(Array.from({ length: HONEST }, served.connect));
    const streams = await Promise.all(
      clients.map((client) => client.openStream({ width: SIDE, height: SIDE, pixelType: "uint16" })),
    );
    const counts = await Promise.all(streams.map((stream, i) => countOf(stream, framesOf(i))));
    const phase = () => honestFor(ms, streams, counts);
    await phase();
    let before = await phase();
    for (const [name, { title }] of Object.entries(ATTACKS)) {
      if (values.only && values.only !== name) continue;
      const attacker = Victim.start(ATTACKER, [name, ...place, home], home);
      await attacker.said(1);
      const during = await phase();
      const isNewcomerServed = await newcomer(served.connect);
      await attacker.killAfter(0);
      const turns = attacker.lines.length - 1;
      await sleep(ms / 4);
      const after = await phase();
      rows.push(compare(title, turns, [before, after], during, isNewcomerServed));
      before = after;
    }
  } finally {
    served.child.kill("SIGKILL");
    rmSync(home, { recursive: true, force: true });
  }
  return rows;
}

function framesOf(client: number): Uint16Array {
  return Uint16Array.from({ length: SIDE * SIDE }, (_, i) => 400 + (((i + client) * 104_729) % 241));
}

async function countOf(stream: ClientStream, pixels: Uint16Array): Promise<number> {
  const sequence = await stream.send(pixels);
  for await (const answer of stream.results()) {
    return answer.kind === "result" && answer.sequence === sequence ? answer.count : Number.NaN;
  }
  return Number.NaN;
}

async function honestFor(
  ms: number,
  streams: readonly ClientStream[],
  counts: readonly number[],
): Promise<Phase> {
  const times: number[] = [];
  let wrong = 0;
  const end = performance.now() + ms;
  await Promise.all(
    streams.map(async (stream, i) => {
      const pixels = framesOf(i);
      while (performance.now() < end) {
        const started = performance.now();
        if ((await countOf(stream, pixels)) !== counts[i]) wrong++;
        times.push(performance.now() - started);
        await sleep(REST_MS);
      }
    }),
  );
  return { times, wrong };
}

/** Whether a client that comes now is let in and counted for. */
async function newcomer(connect: () => Promise<DaemonClient>): Promise<boolean> {
  try {
    const client = await connect();
    const stream = await client.openStream({ width: 8, height: 8, pixelType: "uint16" });
    const count = await countOf(stream, framesOf(0).subarray(0, 64));
    await client.close();
    return Number.isFinite(count);
  } catch {
    return false;
  }
}

function compare(
  title: string,
  turns: number,
  unloaded: readonly Phase[],
  during: Phase,
  isNewcomerServed: boolean,
): Measured {
  const faults = new Faults();
  const base = unloaded.flatMap(({ times }) => times);
  const ratio = median(during.times) / median(base);
  const late = quantile(during.times, 0.95) / quantile(base, 0.95);
  const wrong = during.wrong + unloaded.reduce((sum, phase) => sum + phase.wrong, 0);
  faults.check(wrong === 0, () => `${title}: ${wrong} wrong answers`);
  faults.check(ratio <= MOST_RATIO, () => `${title}: ${ratio.toFixed(2)} times as slow`);
  faults.check(isNewcomerServed, () => `${title}: a newcomer was not served`);
  const text = `${ratio.toFixed(2)} times (p95 ${late.toFixed(2)}), ${wrong} wrong answers${isNewcomerServed ? "" : ", newcomers not served"}`;
  return {
    what: `${title}: the median latency of four honest clients is at most ${MOST_RATIO} times that without`,
    amount: `${grouped(turns)} turns, ${grouped(during.times.length)} honest frames`,
    result: faults.count === 0 ? text : `FAILS: ${text}`,
    holds: faults.count === 0,
  };
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))]!;
}
