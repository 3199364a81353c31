import type { TuningRow } from "../src/daemon/status/status-message.js";
import { element, fillRows } from "./elements.js";

/** What a tuning has measured, and its model beside the one it started from. */
export class TuningView {
  readonly root: HTMLElement;
  private readonly findings = element("tbody");
  private readonly rows = element("tbody");
  private readonly judgement: HTMLElement;

  constructor() {
    const heads = ["", "before", "after"].map((head) => element("th", { scope: "col" }, head));
    const head = element("thead", {}, element("tr", {}, ...heads));
    this.judgement = element("table", { hidden: "", "aria-label": "before and after" }, head, this.rows);
    const found = element("table", { "aria-label": "what was measured" }, this.findings);
    this.root = element("div", { class: "tuning" }, found, this.judgement);
  }

  measured(findings: readonly { title: string; text: string }[]): void {
    const rows = findings.map(({ title, text }) => [title, text]);
    fillRows(this.findings, rows, []);
  }

  judged(judged: readonly TuningRow[]): void {
    this.judgement.hidden = false;
    const rows = judged.map(({ title, before, after }) => [title, before, after]);
    fillRows(this.rows, rows, []);
  }
}
