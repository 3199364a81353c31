import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DefconError } from "../../../src/base/errors.js";
import { Random } from "../../../src/base/random.js";
import { type Campaign, Finding, MOST_MS, type Outcome, stopwatch } from "../campaign.js";
import type { Coverage } from "../coverage.js";
import { pick } from "../mutate/bytes.js";
import { FILE_KINDS } from "./kinds.js";
import type { FileKind, Seed } from "./seed.js";

/** Longest file that is made, bytes. */
const MAX_BYTES = 2_097_152;
/** Most inputs that are kept to go on from, and the longest. */
const MAX_KEPT = 200;
const MAX_KEPT_BYTES = 65_536;

/**
 * Has the program read changed files of a kind.
 * Half of them are changed seeds. The others go on from changed files that reached something new.
 */
export class FileCampaign implements Campaign {
  private readonly kept: Seed[] = [];

  private constructor(
    private readonly name: string,
    private readonly kind: FileKind,
    private readonly seed: number,
    private readonly seeds: readonly Seed[],
    private readonly folder: string,
    private readonly coverage: Coverage | undefined,
  ) {}

  /**
   * @param folder where the file that is read lies in `case`
   * @param coverage tells what is new; undefined: all are changed seeds
   * @param alive called after each seed that was read
   */
  static async open(
    name: string,
    seed: number,
    folder: string,
    coverage: Coverage | undefined,
    alive: () => void,
  ): Promise<FileCampaign> {
    const kind = FILE_KINDS[name]!;
    const campaign = new FileCampaign(name, kind, seed, await kind.seeds(), folder, coverage);
    for (const each of campaign.seeds) {
      await campaign.read(each);
      alive();
    }
    await coverage?.fresh();
    return campaign;
  }

  get keptInputs(): number {
    return this.kept.length;
  }

  async run(index: number): Promise<Outcome> {
    const random = new Random(this.seed, this.name, index);
    const from = pick(random, this.kept.length > 0 && random.below(2) === 0 ? this.kept : this.seeds);
    const changed = this.change(from, random);
    const used = stopwatch();
    const refused = await this.read(changed);
    const ms = used();
    if (ms > (this.kind.mostMs ?? MOST_MS)) throw new Finding(`takes ${Math.round(ms)} ms`, changed.files);
    if (this.coverage && (await this.coverage.fresh()) > 0) this.keep(changed, random);
    return { done: 1, refused: refused ? 1 : 0, ms };
  }

  async close(): Promise<void> {}

  /** Reads a file. @returns whether it was refused by a typed error */
  private async read({ files, read }: Seed): Promise<boolean> {
    const place = join(this.folder, "case");
    await rm(place, { recursive: true, force: true });
    for (const [path, content] of files) {
      await mkdir(dirname(join(place, path)), { recursive: true });
      await writeFile(join(place, path), content);
    }
    try {
      await read(place);
      return false;
    } catch (error) {
      const isTyped =
        error instanceof DefconError && error.code !== "INTERNAL" && error.code !== "ENGINE_FAILED";
      if (isTyped) return true;
      throw new Finding(String(error instanceof Error ? error.stack : error), files, error);
    }
  }

  private change(from: Seed, random: Random): Seed {
    const files = new Map(from.files);
    for (let times = 1 + (random.below(4) === 0 ? 1 : 0); times > 0; times--) {
      const path = pick(random, [...files.keys()]);
      const other = pick(random, [...pick(random, this.seeds).files.values()]);
      const before = files.get(path)!;
      if (files.size > 1 && random.below(30) === 0) files.delete(path);
      else if (before.length > 0) {
        files.set(path, this.kind.mutation(path)(before, random, other).subarray(0, MAX_BYTES));
      }
    }
    return { ...from, files };
  }

  private keep(changed: Seed, random: Random): void {
    const size = [...changed.files.values()].reduce((sum, { length }) => sum + length, 0);
    if (size > MAX_KEPT_BYTES) return;
    if (this.kept.length < MAX_KEPT) this.kept.push(changed);
    else this.kept[random.below(MAX_KEPT)] = changed;
  }
}
