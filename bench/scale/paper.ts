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
 * whole. A worker reads and writes while it counts, but joins step by step.
 */
export function estimate(costs: Costs, archive: Archive, cluster: Cluster): Estimate {
  const { stacks, frames, frameBytes, mapBytes, shards } = archive;
  const { workers, storageBytes, streamBytes } = cluster;
  const isJoined = shards > 1;
  const [jobs, joins] = [stacks * shards, isJoined ? stacks : 0];
  const perJob = frames / shards;
  const frame = costs.read + costs.engine + costs.write;
  const start = costs.start + (isJoined ? FRAMES_BEFORE * (costs.read + costs.engine) : 0);
  const slowest = Math.max(frame, (frameBytes + mapBytes) / streamBytes);
  const job = costs.dispatch + start + perJob * slowest;
  const join = costs.dispatch + costs.start + frames * (costs.join + (2 * mapBytes) / streamBytes);
  const all = stacks * frames;
  const evenly = (jobs * job + joins * join) / workers;
  const rounds = Math.ceil(jobs / workers) * job + Math.ceil(joins / workers) * join;
  const times: [Limit, number][] = [
    ["engine", evenly],
    ["too few parts", rounds > 1.1 * evenly ? rounds : 0],
    ["reading", (all * (frameBytes + (isJoined ? mapBytes : 0))) / storageBytes],
    ["writing", (all * mapBytes * (isJoined ? 2 : 1)) / storageBytes],
    ["handing out", (jobs + joins) * costs.dispatch],
  ];
  const [limit, seconds] = times.reduce((most, each) => (each[1] > most[1] ? each : most));
  const work = jobs * (start + perJob * frame) + joins * (costs.start + frames * costs.join);
  return { seconds, limit, coreSeconds: work / all };
}
