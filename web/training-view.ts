import type { TrainingNews, TrainingStatus } from "../src/daemon/status/status-message.js";
import type { EpochRecord, StepProgress } from "../src/train/events.js";
import { element, Facts, setText } from "./elements.js";
import { duration, rate, share, significant, whole } from "./format.js";
import { Plot } from "./plot.js";
import { TuningView } from "./tuning-view.js";

const HEIGHT = 168;

/** One training: its progress, and the loss curves of each stage. */
export class TrainingView {
  readonly root: HTMLElement;
  private readonly title = element("h3");
  private readonly about = element("p", { class: "soft" });
  private readonly error = element("p", { class: "error" });
  private readonly progress = element("progress", { "aria-label": "epochs of the stage", hidden: "" });
  private readonly facts: Facts;
  private readonly tuning = new TuningView();
  private readonly plots = element("div", { class: "plots" });
  private readonly cancel: HTMLButtonElement;
  private readonly stages = new Map<string, { plot: Plot; epochs: EpochRecord[] }>();

  /** @param onCancel asks the reader for confirmation, then the daemon */
  constructor({ id, kind, name }: TrainingStatus, onCancel: () => void) {
    const list = element("dl", { class: "facts" });
    this.facts = new Facts(list);
    this.cancel = element(
      "button",
      { type: "button", "aria-label": `Cancel ${kind} ${id} of ${name}` },
      "Cancel …",
    );
    this.cancel.addEventListener("click", onCancel);
    const title = element("div", { class: "title" }, this.title, this.about, this.cancel);
    const figures = element("div", {}, this.progress, list);
    this.root = element(
      "article",
      { class: "panel training" },
      title,
      figures,
      this.plots,
      this.tuning.root,
      this.error,
    );
    this.error.hidden = true;
  }

  update({ id, kind, name, state, set, output, news }: TrainingStatus): void {
    setText(this.title, `${kind === "tuning" ? "Tuning" : "Training"} ${id} of ${name}`);
    setText(this.about, `${set} → ${output}`);
    this.root.classList.toggle("ended", state !== "running");
    this.cancel.hidden = state !== "running";
    this.progress.hidden = state !== "running" || this.progress.max <= 1;
    this.facts.set("state", state);
    for (const each of news) this.tell(each);
    for (const [stage, { plot, epochs }] of this.stages) drawStage(stage, plot, epochs);
  }

  remove(): void {
    for (const { plot } of this.stages.values()) plot.remove();
  }

  private tell(news: TrainingNews): void {
    switch (news.event) {
      case "started": {
        const { engine, device, samples, validation, width, height, parameters } = news;
        this.facts.set("engine", `${engine}, ${device}`);
        this.facts.set("samples", `${whole(samples)} of ${width} × ${height}`);
        this.facts.set("held back", whole(validation));
        this.facts.set("parameters", whole(parameters));
        break;
      }
      case "step":
        this.setProgress(news.progress);
        break;
      case "epoch":
        this.addEpoch(news.record, news.best);
        break;
      case "finished":
        this.facts.set("model", news.model);
        break;
      case "failed":
        this.error.hidden = false;
        setText(this.error, news.message);
        break;
      case "measuring":
        this.facts.set("measuring", `${news.words}, ${share(news.share)}`);
        break;
      case "measured":
        this.tuning.measured(news.findings);
        break;
      case "compared":
        this.facts.set("measuring", "done");
        this.facts.set("simulation differs by", `≤ ${share(news.mismatch)}`);
        break;
      case "judged":
        this.facts.set("report", news.report);
        this.tuning.judged(news.rows);
    }
  }

  private setProgress(progress: StepProgress): void {
    const { stage, epoch, epochs, batch, batches, loss, samplesPerSecond, secondsLeft } = progress;
    this.progress.max = epochs;
    this.progress.value = epoch - 1 + batch / batches;
    this.facts.set("stage", stage);
    this.facts.set("epoch", `${whole(epoch)} of ≤ ${whole(epochs)}`);
    this.facts.set("batch", `${whole(batch)} of ${whole(batches)}`);
    this.facts.set("loss so far", significant(loss));
    this.facts.set("samples/s", rate(samplesPerSecond));
    this.facts.set("epoch ends in", duration(secondsLeft));
  }

  private addEpoch(record: EpochRecord, best: boolean): void {
    let stage = this.stages.get(record.stage);
    if (!stage) {
      stage = { plot: this.newPlot(record.stage), epochs: [] };
      this.stages.set(record.stage, stage);
    }
    stage.epochs.push(record);
    if (best) this.facts.set("best validation", significant(record.validationLoss));
  }

  private newPlot(stage: string): Plot {
    const place = element("div", { class: "plot" });
    this.plots.append(place);
    return new Plot(place, {
      name: `Losses of the stage ${stage}`,
      lines: [
        { label: `${stage}, loss`, colour: "--series-1" },
        { label: "validation loss", colour: "--series-2", dashed: true },
      ],
      height: HEIGHT,
      x: "epoch",
    });
  }
}

function drawStage(stage: string, plot: Plot, epochs: readonly EpochRecord[]): void {
  const lines = [epochs.map(({ loss }) => loss), epochs.map(({ validationLoss }) => validationLoss)];
  plot.show(
    epochs.map(({ epoch }) => epoch),
    lines,
  );
  const last = epochs.at(-1)!;
  // JSON has no NaN, which stands for a training without validation.
  const validated = Number.isFinite(last.validationLoss);
  const validation = validated ? ` and a validation loss of ${significant(last.validationLoss)}` : "";
  plot.label(
    `${epochs.length} epochs, the last with a loss of ${significant(last.loss)}${validation} in ${stage}`,
  );
}
