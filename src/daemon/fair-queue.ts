/** Something whose waiting work is served in turns with others'. */
export interface Source {
  /** Pieces of work that wait. */
  readonly waiting: number;
  /** What the engine spends on one piece, in any unit that is the same for all sources. */
  readonly cost: number;
  /** Sources with the same key can share a batch. */
  readonly batchKey: string;
}

/** How large a batch may be. */
export interface BatchLimit {
  pieces: number;
  cost: number;
}

/**
 * Start-time fair queueing (Goyal, Vin and Cheng, 1996): each source has a virtual time that grows by the cost of what it was served, and the one that is farthest behind
 * comes next; so sources that always have work get equal shares of the engine, however large their pieces are. One that was idle starts at the present: idleness saves nothing up.
 */
export class FairQueue<S extends Source> {
  private readonly times = new Map<S, number>();
  private now = 0;

  /** Tells that a source has (new) work. */
  notify(source: S): void {
    const time = this.times.get(source);
    if (time === undefined) this.times.set(source, this.now);
  }

  /** Forgets a source. */
  remove(source: S): void {
    this.times.delete(source);
  }

  /**
   * Chooses the next batch: how many pieces of which sources, all of one key, at least one piece.
   * @param eligible whether a source may be served now
   */
  next(limit: BatchLimit, eligible: (source: S) => boolean = () => true): Map<S, number> {
    const batch = new Map<S, number>();
    const first = this.farthestBehind((source) => eligible(source));
    if (!first) return batch;
    let [pieces, cost] = [0, 0];
    for (let source: S | undefined = first; source; ) {
      const time: number = this.times.get(source)!;
      this.now = Math.max(this.now, time);
      this.times.set(source, time + source.cost);
      batch.set(source, (batch.get(source) ?? 0) + 1);
      pieces++;
      cost += source.cost;
      if (pieces >= limit.pieces || cost + first.cost > limit.cost) break;
      source = this.farthestBehind((other) => other.batchKey === first.batchKey && eligible(other), batch);
    }
    for (const [source, taken] of batch) {
      // Without work there is no place in the queue to keep.
      if (taken === source.waiting) this.times.delete(source);
    }
    return batch;
  }

  private farthestBehind(eligible: (source: S) => boolean, taken: Map<S, number> = new Map()): S | undefined {
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
