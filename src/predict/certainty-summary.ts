import type { Prediction } from "./prediction.js";

/** How far the counts of a whole stack are to be trusted, in words. */
export class CertaintySummary {
  private frames = 0;
  private count = 0;
  private squares = 0;
  private away = 0;
  private readonly reasons = new Map<string, number>();

  add({ count, certainty }: Pick<Prediction, "count" | "certainty">): void {
    if (!certainty) return;
    this.frames++;
    this.count += count;
    this.squares += certainty.countError ** 2;
    this.away += certainty.away * count;
    const { unlike } = certainty;
    if (unlike !== "") this.reasons.set(unlike, (this.reasons.get(unlike) ?? 0) + 1);
  }

  /** The lines to print; none where nothing is known. */
  lines(): string[] {
    const { frames } = this;
    if (frames === 0) return [];
    const usual = Math.sqrt(this.squares / frames);
    const away = this.count > 0 ? (100 * this.away) / this.count : 0;
    const mean = `${(this.count / frames).toPrecision(3)} molecules a frame, each count to about ± ${usual.toPrecision(2)}`;
    const reasons = [...this.reasons].sort((a, b) => b[1] - a[1]);
    return [
      `${mean}; ${away.toFixed(0)} % of them away from any spot`,
      ...reasons.map(
        ([reason, some]) => `${some} of ${frames} frames unlike those of the training: ${reason}`,
      ),
    ];
  }
}
