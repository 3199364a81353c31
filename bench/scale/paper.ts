import { type Archive, type Cluster, type Costs, FRAMES_BEFORE } from "./cluster.js";

/** What holds up a cluster, in words. */
export type Limit = "engine" | "reading" | "writing" | "handing out" | "too few parts";

/** What is worked out of a run without simulating it. */
export interface Estimate {
  seconds: number;
  limit: Limit;
  /** Seconds of a core for a frame, the start of runs and the joining included. */
  coreSeconds: number;
}

/**
 * The time that an archive takes: that of the resource that has most to do, each by itself.
 * Workers are a resource of as many rounds as each has jobs, so that a last round with few jobs counts
 * whole. Reading and writing overlap with the engine, and storage takes as much as it gives.
 */
export function estimate(costs: Costs, archive: Archive, cluster: Cluster): Estimate {
  const { stacks, frames, frameBytes, mapBytes, shards } = archive;
  const { workers, storageBytes } = cluster;
  const isJoined = shards > 1;
  const jobs = stacks * shards;
  const perJob = frames / shards;
  const frame = costs.read + costs.engine + costs.write;
  const before = isJoined ? FRAMES_BEFORE * (costs.read + costs.engine) : 0;
  const job = costs.dispatch + costs.start + before + perJob * frame;
  const join = isJoined ? costs.dispatch + costs.start + frames * costs.join : 0;
  const all = stacks * frames;
  const mapsRead = isJoined ? mapBytes : 0;
  const mapsWritten = isJoined ? 2 * mapBytes : mapBytes;
  const work = jobs * job + stacks * join;
  const evenly = work / workers;
  const rounds = Math.ceil(jobs / workers) * job + Math.ceil(stacks / workers) * join;
  const times: [Limit, number][] = [
    ["engine", evenly],
    ["too few parts", rounds > 1.1 * evenly ? rounds : 0],
    ["reading", (all * (frameBytes + mapsRead)) / storageBytes],
    ["writing", (all * mapsWritten) / storageBytes],
    ["handing out", (jobs + (isJoined ? stacks : 0)) * costs.dispatch],
  ];
  const [limit, seconds] = times.reduce((most, each) => (each[1] > most[1] ? each : most));
  return { seconds, limit, coreSeconds: work / all };
}
