import type { StreamStatus } from "../src/daemon/status/status-message.js";
import { extended } from "./columns.js";
import { element, Facts, setText } from "./elements.js";
import { emitters, emittersWithError, milliseconds, rate, share, whole } from "./format.js";
import { MapPicture } from "./map-picture.js";
import { PLOTTED_SECONDS, Plot } from "./plot.js";

const HEIGHT = 168;

/** One stream: newest map, figures, certainty, and counts over the last minutes. */
export class StreamView {
  readonly root: HTMLElement;
  private readonly title = element("h3");
  private readonly about = element("p", { class: "soft" });
  private readonly unlike = element("p", { class: "unlike" });
  private readonly error = element("p", { class: "error" });
  private readonly facts: Facts;
  private readonly picture: MapPicture;
  private readonly plot: Plot;
  private history: StreamStatus["history"] = { second: [], results: [], count: [], maxLocalCount: [] };

  constructor({ id, sendsMaxLocalCount }: StreamStatus, session: string) {
    const list = element("dl", { class: "facts" });
    const place = element("div", { class: "plot" });
    this.facts = new Facts(list);
    this.picture = new MapPicture(id, session);
    const title = element("div", { class: "title" }, this.title, this.about);
    this.root = element(
      "article",
      { class: "panel" },
      title,
      this.picture.root,
      list,
      place,
      this.unlike,
      this.error,
    );
    const count = { label: "count (mean)", colour: "--series-1" };
    const local = { label: "max local count (largest)", colour: "--series-2", dashed: true };
    this.plot = new Plot(place, {
      name: `Counts of stream ${id}`,
      lines: sendsMaxLocalCount ? [count, local] : [count],
      height: HEIGHT,
      x: "time",
    });
  }

  /** @param now the newest whole second */
  update(stream: StreamStatus, now: number): void {
    const { id, client, model, width, height, pixelType, latestOnly, open, latest, lastError, failed } =
      stream;
    setText(this.title, `Stream ${id} of ${client}`);
    const kind = [
      `${model}, ${width} × ${height} ${pixelType}`,
      latestOnly && "latest only",
      !open && "ended",
    ];
    setText(this.about, kind.filter(Boolean).join(", "));
    this.root.classList.toggle("ended", !open);
    this.setFacts(stream);
    const reason = latest?.certainty?.unlike ?? "";
    this.unlike.hidden = reason === "";
    setText(this.unlike, `The newest frame is unlike the training: ${reason}. Its error may be larger.`);
    this.error.hidden = lastError === null;
    setText(this.error, `${whole(failed)} failed, the last one: ${lastError ?? ""}`);
    this.picture.update(stream.map);
    this.history = extended(this.history, stream.history, now, PLOTTED_SECONDS);
    const { second, count, maxLocalCount } = this.history;
    this.plot.show(second, stream.sendsMaxLocalCount ? [count, maxLocalCount] : [count], now);
    this.plot.label(latest ? `the last count is ${emitters(latest.count)}` : "nothing counted yet");
  }

  remove(): void {
    this.plot.remove();
    this.picture.remove();
  }

  private setFacts(stream: StreamStatus): void {
    const { results, received, dropped, failed, waiting, framesPerSecond, queueMs, predictMs, latest } =
      stream;
    const certainty = latest?.certainty;
    this.facts.set("count", emittersWithError(latest?.count, certainty?.countError));
    if (stream.sendsMaxLocalCount) {
      const error = certainty?.maxLocalCountError;
      this.facts.set("max local count", emittersWithError(latest?.maxLocalCount, error));
    }
    this.facts.set("away from spots", share(certainty?.away ?? null));
    this.facts.set("frames/s", rate(framesPerSecond));
    this.facts.set("received", whole(received));
    this.facts.set("counted", whole(results));
    this.facts.set("dropped", whole(dropped));
    if (failed > 0) this.facts.set("failed", whole(failed));
    this.facts.set("waiting", whole(waiting));
    this.facts.set("in the queue, median", milliseconds(queueMs));
    this.facts.set("predicting, median", milliseconds(predictMs));
  }
}
