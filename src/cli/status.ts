import { Command } from "commander";
import { DaemonError } from "../base/errors.js";
import { STATUS_LIMITS } from "../base/limits.js";
import { isServing } from "../daemon/second-daemon.js";
import { readStatus, statusLink } from "../daemon/status/status-client.js";
import type { StatusMessage, StreamStatus } from "../daemon/status/status-message.js";
import { pageAddressOf, readDiscovery } from "../protocol/discovery.js";
import { openBrowser } from "./open-browser.js";
import { table } from "./table.js";

/** `defcon-fiji status`: shows what the running daemon does, and opens its page. */
export function statusCommand(): Command {
  return new Command("status")
    .description("show what the running daemon does, and a link to its status page")
    .option("--open", "open the status page in the browser")
    .option("--json", "print as JSON, without a link")
    .action(run);
}

async function run({ open, json }: { open?: boolean; json?: boolean }): Promise<void> {
  const discovery = await readDiscovery();
  if (!discovery || !(await isServing(discovery))) {
    throw new DaemonError("DAEMON_UNREACHABLE", {
      subject: "no daemon is running",
      advice: "Start it: defcon-fiji serve",
    });
  }
  const status = await readStatus(discovery);
  if (json) console.log(JSON.stringify({ page: pageAddressOf(discovery), ...status }));
  else console.log(describe(status));
  if (json && !open) return;
  const link = await statusLink(discovery);
  if (open && (await openBrowser(link))) return;
  const minutes = STATUS_LIMITS.ticketMs / 60_000;
  if (open)
    console.error(
      `No browser could be opened. Open this link, which works once within ${minutes} minutes: ${link}`,
    );
  else console.log(`\nstatus page: ${link}\n(this link works once, within ${minutes} minutes)`);
}

function describe({ second, daemon, work, models, streams, trainings }: StatusMessage): string {
  const { version, protocol, pid, engine, device, reason, started, memoryBytes } = daemon;
  const names = models.map(({ name, isDefault }) => (isDefault ? `${name} (default)` : name));
  const lines = [
    `daemon ${version}, protocol ${protocol}, process ${pid}, ${daemon.address}`,
    `up ${minutesOf(second - started)}, ${Math.round(memoryBytes / 1e6)} MB`,
    `${engine} on ${device}: ${reason}`,
    `models: ${names.join(", ") || "none installed"}`,
    `frames that wait: ${work.waiting}`,
    ...trainings.map(({ id, kind, name, state, output }) => `${kind} ${id} of ${name} ${state}; ${output}`),
  ];
  const rows = streams.map(streamRow);
  return rows.length > 0 ? `${lines.join("\n")}\n\n${table(rows, HEADS)}` : `${lines.join("\n")}\nno streams`;
}

const HEADS = [
  "stream",
  "client",
  "model",
  "frame",
  "counted",
  "dropped",
  "failed",
  "frames/s",
  "queue",
  "predict",
  "count",
];

function streamRow(stream: StreamStatus): string[] {
  const { id, open, client, model, width, height, pixelType, results, dropped, failed, framesPerSecond } =
    stream;
  const ms = (value: number | null) => (value === null ? "" : `${value.toFixed(1)} ms`);
  return [
    open ? `${id}` : `${id} (ended)`,
    client,
    model,
    `${width} x ${height} ${pixelType}`,
    `${results}`,
    `${dropped}`,
    `${failed}`,
    framesPerSecond.toFixed(1),
    ms(stream.queueMs),
    ms(stream.predictMs),
    stream.latest?.count.toFixed(2) ?? "",
  ];
}

function minutesOf(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
