import assert from "node:assert/strict";
import { test } from "node:test";
import { meanWait, meanWaitOfEqual } from "../../../bench/scale/queues.js";
import { Happening, type Process, Simulation, Station } from "../../../bench/scale/simulation.js";
import { Random } from "../../../src/base/random.js";

const SEED = 4;

/** The mean wait before service of customers who come one after the other. */
function simulatedWait(
  customers: number,
  servers: number,
  between: (customer: number) => number,
  service: (customer: number) => number,
): number {
  const simulation = new Simulation();
  const station = new Station(simulation, servers);
  const customer = function* (seconds: number): Process {
    yield station.serve(seconds);
  };
  const arrivals = function* (): Process {
    for (let i = 0; i < customers; i++) {
      yield simulation.after(between(i));
      simulation.start(customer(service(i)));
    }
  };
  simulation.start(arrivals());
  simulation.run();
  assert.equal(station.served, customers);
  return station.waited / customers;
}

const exponential = (random: Random, mean: number) => () => -mean * Math.log(1 - random.uniform());

function assertWithin(found: number, expected: number, share: number): void {
  assert.ok(Math.abs(found / expected - 1) < share, `${found}, expected ${expected} within ${100 * share} %`);
}

test("the formulas are those of the cases worked by hand", () => {
  // M/M/1 with 4/5 of its time used: 0.8 / (1 - 0.8) services.
  assert.ok(Math.abs(meanWait(0.8, 1, 1) - 4) < 1e-12);
  // M/M/2 with 3/4: the share that waits is 2 ρ² / (1 + ρ) = 9/14, of which each waits 1 / (2 - 1.5) services.
  assert.ok(Math.abs(meanWait(1.5, 1, 2) - 9 / 7) < 1e-12);
  // M/D/1 waits half as long as M/M/1.
  assert.ok(Math.abs(meanWaitOfEqual(0.8, 1) - 2) < 1e-12);
});

test("queues with random arrivals wait as Erlang's and Pollaczek's formulas say", () => {
  const [between, service] = [new Random(SEED, "between"), new Random(SEED, "service")];
  const random = exponential(service, 1);
  // The standard error of 60,000 customers is some percent of the mean, for waits follow one another.
  const one = simulatedWait(60_000, 1, exponential(between, 1 / 0.7), random);
  assertWithin(one, meanWait(0.7, 1, 1), 0.1);
  const three = simulatedWait(60_000, 3, exponential(between, 1 / 2.4), random);
  assertWithin(three, meanWait(2.4, 1, 3), 0.1);
  const equal = simulatedWait(60_000, 1, exponential(between, 1 / 0.7), () => 1);
  assertWithin(equal, meanWaitOfEqual(0.7, 1), 0.1);
});

test("equal arrivals and services wait as counted on the fingers", () => {
  // A service of 2 s, a customer each 3 s: nobody waits.
  assert.equal(
    simulatedWait(
      10,
      1,
      () => 3,
      () => 2,
    ),
    0,
  );
  // A service of 3 s, a customer each 2 s: the k-th waits k s, from 0 to 9.
  assert.equal(
    simulatedWait(
      10,
      1,
      () => 2,
      () => 3,
    ),
    4.5,
  );
  // With two servers nobody waits.
  assert.equal(
    simulatedWait(
      10,
      2,
      () => 2,
      () => 3,
    ),
    0,
  );
});

test("jobs that are all there at once take as many rounds as servers need", () => {
  const simulation = new Simulation();
  const station = new Station(simulation, 3);
  const ends: number[] = [];
  const job = function* (): Process {
    yield station.serve(5);
    ends.push(simulation.now);
  };
  for (let i = 0; i < 7; i++) simulation.start(job());
  simulation.run();
  assert.deepEqual(ends, [5, 5, 5, 10, 10, 10, 15]);
  assert.equal(station.busy, 35);
});

test("a process waits for what happens before it or after it", () => {
  const simulation = new Simulation();
  const [early, late] = [new Happening(), new Happening()];
  const seen: number[] = [];
  simulation.start(
    (function* (): Process {
      yield simulation.after(2);
      yield early.wait;
      seen.push(simulation.now);
      yield late.wait;
      seen.push(simulation.now);
    })(),
  );
  simulation.start(
    (function* (): Process {
      yield simulation.after(1);
      early.happen();
      yield simulation.after(6);
      late.happen();
    })(),
  );
  simulation.run();
  assert.deepEqual(seen, [2, 7]);
});
