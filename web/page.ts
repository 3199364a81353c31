import type { StatusMessage, StreamStatus, TrainingStatus } from "../src/daemon/status/status-message.js";
import { type Columns, everySecond, extended } from "./columns.js";
import { byId, element, Facts, fillRows, setText, Views } from "./elements.js";
import { bytes, clock, duration, rate, share, whole } from "./format.js";
import { PLOTTED_SECONDS, Plot } from "./plot.js";
import { StreamView } from "./stream-view.js";
import { TrainingView } from "./training-view.js";

const HEIGHT = 132;
/** Seconds over which the rate of all streams is measured. */
const RATE_SECONDS = 3;
const LOG_LINES = 100;

export interface PageOptions {
  session: string;
  onCancel: (training: TrainingStatus) => void;
}

/** Everything that the page shows of a daemon. */
export class Page {
  private readonly work = new Facts(byId("work"));
  private readonly throughput = new Plot(byId("throughput"), {
    name: "Frames a second of all streams",
    lines: [
      { label: "counted/s", colour: "--series-1" },
      { label: "dropped/s", colour: "--series-2", dashed: true },
    ],
    height: HEIGHT,
    x: "time",
  });
  private readonly streams: Views<StreamStatus, StreamView>;
  private readonly trainings: Views<TrainingStatus, TrainingView>;
  private history: Columns<"results" | "dropped"> = { second: [], results: [], dropped: [] };

  constructor({ session, onCancel }: PageOptions) {
    this.streams = new Views(byId("stream-list"), (stream) => new StreamView(stream, session));
    this.trainings = new Views(
      byId("training-list"),
      (training) => new TrainingView(training, () => onCancel(training)),
    );
  }

  /** @param first whether the message starts from the beginning */
  show(message: StatusMessage, first: boolean): void {
    if (first) this.clear();
    const { second, streams, streamsLeftOut, trainings } = message;
    this.showWork(message);
    this.streams.update(streams, second - 1);
    byId("no-streams").hidden = streams.length > 0;
    byId("streams-left-out").hidden = streamsLeftOut === 0;
    setText(byId("streams-left-out"), `and ${whole(streamsLeftOut)} older ones, which are not shown`);
    this.trainings.update(trainings, second);
    byId("no-trainings").hidden = trainings.length > 0;
    this.showTables(message);
    this.addToLog(message);
  }

  private clear(): void {
    this.streams.clear();
    this.trainings.clear();
    this.history = { second: [], results: [], dropped: [] };
    byId("log").replaceChildren();
  }

  private showWork({ second, daemon, work, throughput, streams }: StatusMessage): void {
    const { version, protocol, pid, engine, device, reason, started, memoryBytes } = daemon;
    setText(
      byId("program"),
      `version ${version}, protocol ${protocol}, process ${pid}, ${daemon.address}; ${engine} on ${device}: ${reason}`,
    );
    this.history = extended(this.history, throughput, second, PLOTTED_SECONDS);
    const rows = everySecond(this.history, Math.max(started, second - PLOTTED_SECONDS), second);
    const recent = rows.results.slice(-RATE_SECONDS).reduce((sum, value) => sum + value, 0) / RATE_SECONDS;
    this.throughput.show(rows.second, [rows.results, rows.dropped], second - 1);
    this.throughput.label(`${rate(recent)} now`);
    this.work.set("frames/s", rate(recent));
    this.work.set("engine busy", share(work.busy));
    this.work.set("frames waiting", whole(work.waiting));
    this.work.set("open streams", whole(streams.filter(({ open }) => open).length));
    this.work.set("memory", bytes(memoryBytes));
    this.work.set("up", duration(second - started));
    document.title = `${rate(recent)} frames/s – defcon-fiji`;
  }

  private showTables({ models, connections, streams }: StatusMessage): void {
    fillRows(
      byId("models"),
      models.map(({ name, architecture, parameters, description, isDefault }) => [
        isDefault ? `${name} (default)` : name,
        architecture,
        whole(parameters),
        description,
      ]),
      [2],
    );
    fillRows(
      byId("connections"),
      connections.map(({ id, client, since }) => [
        client,
        whole(streams.filter(({ connection, open }) => open && connection === id).length),
        clock(since),
      ]),
      [1, 2],
    );
    byId("no-connections").hidden = connections.length > 0;
  }

  private addToLog({ log }: StatusMessage): void {
    const list = byId("log");
    for (const { second, text } of log) {
      list.prepend(element("li", {}, element("time", {}, clock(second)), text));
    }
    while (list.childElementCount > LOG_LINES) list.lastElementChild!.remove();
  }
}
