import type { Random } from "../../../src/base/random.js";
import type { Faults } from "../measured.js";

/** Something that is killed again and again, and looked at after each time. */
export interface Subject {
  /**
   * Starts it, kills it at a random moment, and looks at what is left.
   * @returns whether it was alive when it was killed
   */
  round(random: Random, faults: Faults): Promise<boolean>;
  /** What else was counted over all rounds. */
  readonly told: Readonly<Record<string, number>>;
}

/** A kind of subject. */
export interface SubjectKind {
  /** What is killed, and what must be so after each kill. */
  title: string;
  /**
   * Prepares what all subjects of this kind share.
   * @param folder an empty one
   * @returns makes a subject whose things are apart from the others', and ends what was prepared
   */
  prepare(
    folder: string,
  ): Promise<{ make(lane: number): Promise<Subject>; end(faults: Faults): Promise<void> }>;
}
