/** Something whose work waits for its turn among the work of others. */
export interface Source {
  /** Pieces of work that wait. */
  readonly waiting: number;
  /** The engine's cost of one piece, in a unit that all sources share. */
  readonly cost: number;
  /** How many sources share one part of the engine with it, itself included; 1 where left out. */
  readonly sharers?: number;
  /** Sources with the same key can share a batch. */
  readonly batchKey: string;
}

/** How large a batch may be. */
export interface BatchLimit {
  pieces: number;
  cost: number;
}

/**
 * Start-time fair queueing (Goyal, Vin and Cheng, 1996).
 * Each source has a virtual time, which grows by the cost of what it was served. The source that is
 * farthest behind comes next. So sources that always have work get equal shares of the engine,
 * whatever the size of their pieces; sources that share a part get one together. A source that was idle starts at the present: it has not saved
 * up a share. Nor is what it was served forgotten: a source that asks for one piece at a time gets
 * no more than its share.
 */
export class FairQueue<S extends Source> {
  /** Virtual times of the sources that have work. */
  private readonly times = new Map<S, number>();
  /** The last virtual times of sources without work. */
  private readonly left = new WeakMap<S, number>();
  private now = 0;

  /** Tells that a source has (new) work. */
  notify(source: S): void {
    if (!this.times.has(source)) this.times.set(source, Math.max(this.now, this.left.get(source) ?? 0));
  }

  /** Forgets a source. */
  remove(source: S): void {
    this.times.delete(source);
  }

  /**
   * Chooses the next batch: how many pieces of which sources, all with one key.
   * It starts with the source whose turn it is.
   * @param ready whether a source may be served now; while the one whose turn it is may not, nobody
   * is served
   * @param passedOver whether it is not a source's turn, however far it is behind
   */
  next(
    limit: BatchLimit,
    ready: (source: S) => boolean = () => true,
    passedOver: (source: S) => boolean = () => false,
  ): Map<S, number> {
    const batch = new Map<S, number>();
    const first = this.farthestBehind((source) => !passedOver(source));
    if (!first || !ready(first)) return batch;
    this.now = this.times.get(first)!;
    let [pieces, cost] = [0, 0];
    for (let source: S | undefined = first; source; ) {
      this.times.set(source, this.times.get(source)! + source.cost * sharersOf(source));
      batch.set(source, (batch.get(source) ?? 0) + 1);
      pieces++;
      cost += source.cost;
      if (pieces >= limit.pieces || cost + first.cost > limit.cost) break;
      source = this.farthestBehind((other) => other.batchKey === first.batchKey && ready(other), batch);
      // A source that shares others' batches may not get ahead of the rest without bound.
      if (source && this.times.get(source)! > this.now + limit.cost * sharersOf(source)) break;
    }
    for (const [source, taken] of batch) {
      if (taken < source.waiting) continue;
      this.left.set(source, this.times.get(source)!);
      this.times.delete(source);
    }
    return batch;
  }

  /**
   * The source with work that is farthest behind.
   * @param eligible which sources are looked at
   * @param taken pieces of theirs that do not wait any more
   */
  farthestBehind(eligible: (source: S) => boolean, taken: Map<S, number> = new Map()): S | undefined {
    let found: S | undefined;
    let earliest = Number.POSITIVE_INFINITY;
    for (const [source, time] of this.times) {
      if (time < earliest && source.waiting > (taken.get(source) ?? 0) && eligible(source)) {
        found = source;
        earliest = time;
      }
    }
    return found;
  }
}

function sharersOf({ sharers = 1 }: Source): number {
  return sharers;
}
