import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "../../../src/base/random.js";
import { findCheckpoint } from "../../../src/train/checkpoint.js";
import { Victim } from "../../../test/support/killing.js";
import { spotSamples, writeTrainingSet } from "../../../test/support/training-set.js";
import type { Faults } from "../measured.js";
import type { Subject, SubjectKind } from "./subject.js";

const PROGRAM = new URL("./train-again.js", import.meta.url);
/** Epochs of a whole training, which takes several kills. */
const EPOCHS = 8;
/** Longest time of a training that nobody kills, ms. */
const FOR_EVER_MS = 600_000;

export const TRAINER: SubjectKind = {
  title:
    "a training is killed: its checkpoint has each epoch that was told, its files are whole, and in the end its model is that of a training nobody killed",
  async prepare(folder) {
    const set = join(folder, "set.h5");
    await writeTrainingSet(set, spotSamples(18, 16));
    const output = join(folder, "whole");
    const whole = Victim.start(PROGRAM, [set, output, String(EPOCHS)], folder);
    await whole.said(1);
    const begun = performance.now();
    await whole.killAfter(FOR_EVER_MS);
    // However slow the machine is, trainings get on between two kills.
    const longestMs = performance.now() - begun;
    const model = readFileSync(join(output, "defcon-fast.onnx"));
    return {
      make: async (lane) => new Training(folder, lane, { set, model, longestMs }),
      end: async () => undefined,
    };
  },
};

/** A training that nobody killed. */
interface WholeTraining {
  set: string;
  model: Buffer;
  /** From its beginning to its end. */
  longestMs: number;
}

/** A training that is killed until it has come to its end; then the next one. */
class Training implements Subject {
  readonly told = { "trainings brought to their end": 0 };
  private output: string;
  private epochs = 0;

  constructor(
    private readonly folder: string,
    lane: number,
    private readonly whole: WholeTraining,
  ) {
    this.output = join(folder, `${lane}-0`);
  }

  async round(random: Random, faults: Faults): Promise<boolean> {
    const { output } = this;
    const victim = Victim.start(PROGRAM, [this.whole.set, output, String(EPOCHS)], this.folder);
    // One kill in eight comes before the training has begun.
    if (random.uniform(0, 1) > 1 / 8) await victim.said(1);
    const wasAlive = await victim.killAfter(random.uniform(0, this.whole.longestMs));
    for (const line of victim.lines) this.hear(line, faults);
    await this.look(faults);
    if (victim.lines.includes("finished")) this.end(faults);
    return wasAlive;
  }

  private hear(line: string, faults: Faults): void {
    const [what, number] = line.split(" ");
    if (what === "started") {
      faults.check(
        Number(number) >= this.epochs,
        () => `${this.output}: resumed after ${number} of ${this.epochs}`,
      );
    }
    if (what === "epoch") this.epochs = Number(number);
  }

  /** Looks at what the training has left, without changing it. */
  private async look(faults: Faults): Promise<void> {
    const { output, epochs: told } = this;
    const found = await findCheckpoint(output).catch((error: Error) => error);
    if (found instanceof Error) return faults.add(found.message);
    const epochs = found?.checkpoint.history.length ?? 0;
    faults.check(!found?.damage, () => `${output}: ${found!.damage!.message}`);
    // The training's thread may be ahead of what its program has told.
    faults.check(epochs >= told, () => `${output}: ${epochs} epochs of ${told} told`);
    if (!existsSync(output)) return;
    const names = readdirSync(output);
    faults.check(names.filter((name) => name.endsWith(".partial")).length <= 1, () => names.join(" "));
    for (const name of names.filter((each) => each.endsWith(".png") && !each.startsWith("."))) {
      // A PNG ends with its IEND chunk (PNG specification, 5.6).
      const end = readFileSync(join(output, name)).subarray(-8).toString("latin1");
      faults.check(end.startsWith("IEND"), () => `${output}: ${name} is not whole`);
    }
    if (epochs === 0) return;
    // An epoch's row is written before its checkpoint.
    const rows = readFileSync(join(output, "history.csv"), "utf8").trimEnd().split("\n").length - 1;
    faults.check(rows >= epochs && rows <= epochs + 1, () => `${output}: ${rows} rows of ${epochs} epochs`);
  }

  private end(faults: Faults): void {
    const model = readFileSync(join(this.output, "defcon-fast.onnx"));
    this.told["trainings brought to their end"]++;
    faults.check(model.equals(this.whole.model), () => `${this.output}: another model than without kills`);
    const left = readdirSync(this.output).filter((name) => name.endsWith(".partial"));
    faults.check(left.length === 0, () => `${this.output}: left ${left.join(" ")}`);
    rmSync(this.output, { recursive: true });
    this.epochs = 0;
    this.output = this.output.replace(/\d+$/, (number) => String(Number(number) + 1));
  }
}
