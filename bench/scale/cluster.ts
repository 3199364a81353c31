import { Random } from "../../src/base/random.js";
import { Happening, type Process, Simulation, Station } from "./simulation.js";

/** What counting takes on one core, measured: seconds of that core. */
export interface Costs {
  /** Until a run of the program counts its first frame. */
  start: number;
  /** A frame, from its bytes to its counts: what `predict` takes for one more, less the two below. */
  engine: number;
  /** Reading a frame that the disk's cache has. */
  read: number;
  /** Writing its map and row. */
  write: number;
  /** Joining a frame's map and row. */
  join: number;
  /** Handing out a job, of the one program that does it. */
  dispatch: number;
}

/** What is counted. */
export interface Archive {
  stacks: number;
  /** Of a stack. */
  frames: number;
  frameBytes: number;
  mapBytes: number;
  /** Parts of a stack. */
  shards: number;
}

/** Where it is counted. */
export interface Cluster {
  workers: number;
  /** Bytes a second that storage gives to all together, and as many that it takes. */
  storageBytes: number;
  /** Bytes a second that one reader or writer gets at most. */
  streamBytes: number;
}

/** What a simulated run took. */
export interface Run {
  seconds: number;
  frames: number;
  /** Share of the time that each was at work: the workers' cores, storage, the program that hands out. */
  cores: number;
  reading: number;
  writing: number;
  dispatching: number;
}

/** Batches under way in a run of the program, as in src/predict/stack.ts. */
const UNDER_WAY = 2;
/** Frames that a shard counts before its own, so that they are judged as in one run, on average. */
export const FRAMES_BEFORE = 15.5;
/** Pieces into which a job is divided: storage is asked for one at a time. */
const PIECES = 8;
/** Parts of jobs take longer or shorter than others by this share: standard deviation. */
const SPREAD = 0.05;

/**
 * Simulates the counting of an archive: one program hands out jobs, workers of one core each do one
 * at a time, storage serves them in turn.
 * @param seed of how long each piece takes
 */
export function simulateCluster(costs: Costs, archive: Archive, cluster: Cluster, seed: number): Run {
  const { workers, storageBytes, streamBytes } = cluster;
  const { stacks, frames, frameBytes, mapBytes, shards } = archive;
  const simulation = new Simulation();
  const random = new Random(seed, "cluster");
  const streams = Math.max(1, Math.round(storageBytes / streamBytes));
  const [reading, writing] = [new Station(simulation, streams), new Station(simulation, streams)];
  const rate = storageBytes / streams;
  const dispatcher = new Station(simulation, 1);
  const jobs = stacks * shards;
  const perJob = frames / shards;
  const perPiece = perJob / PIECES;
  const open = new Float64Array(stacks).fill(shards);
  const joins: number[] = [];
  let [handedOut, busy] = [0, 0];

  const core = function* (station: Station, seconds: number): Process {
    const taken = seconds * Math.max(0.1, 1 + SPREAD * random.normal());
    busy += taken;
    yield station.serve(taken);
  };

  /**
   * A run of `predict`: one thread asks storage, the other counts meanwhile. What reading and writing
   * take of the core is counted with the engine, as an operating system shares a core in small slices.
   */
  const predict = function* (own: Station): Process {
    const before = shards > 1 ? FRAMES_BEFORE : 0;
    yield* core(own, costs.start + before * (costs.read + costs.engine));
    const underWay: Happening[] = [];
    let read = 0;
    for (let written = 0; written < PIECES; written++) {
      while (read < PIECES && underWay.length < UNDER_WAY) {
        yield reading.serve((perPiece * frameBytes) / rate);
        const done = new Happening();
        underWay.push(done);
        simulation.start(
          (function* () {
            yield* core(own, perPiece * (costs.read + costs.engine + costs.write));
            done.happen();
          })(),
        );
        read++;
      }
      yield underWay.shift()!.wait;
      yield writing.serve((perPiece * mapBytes) / rate);
    }
  };

  /** A run of `join`, which reads and writes all maps of a stack again. */
  const join = function* (own: Station): Process {
    yield* core(own, costs.start);
    for (let piece = 0; piece < PIECES; piece++) {
      yield reading.serve(((frames / PIECES) * mapBytes) / rate);
      yield* core(own, (frames / PIECES) * costs.join);
      yield writing.serve(((frames / PIECES) * mapBytes) / rate);
    }
  };

  const worker = function* (): Process {
    const own = new Station(simulation, 1);
    for (;;) {
      const stack = joins.pop();
      if (stack === undefined && handedOut === jobs) return;
      const job = stack ?? Math.floor(handedOut++ / shards);
      yield dispatcher.serve(costs.dispatch);
      if (stack !== undefined) {
        yield* join(own);
        continue;
      }
      yield* predict(own);
      open[job]!--;
      // The worker that did the last part joins, as the next job that is handed out.
      if (open[job] === 0 && shards > 1) joins.push(job);
    }
  };
  for (let i = 0; i < workers; i++) simulation.start(worker());
  simulation.run();
  const { now: seconds } = simulation;
  return {
    seconds,
    frames: stacks * frames,
    cores: busy / (workers * seconds),
    reading: reading.busy / (streams * seconds),
    writing: writing.busy / (streams * seconds),
    dispatching: dispatcher.busy / seconds,
  };
}
