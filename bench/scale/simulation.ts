/** Something that a process waits for: it calls `resume` once it has happened. */
export type Wait = (resume: () => void) => void;

/** A process of a simulation: it yields what it waits for. */
export type Process = Generator<Wait, void, void>;

interface Event {
  time: number;
  /** Events at one time happen in the order in which they were planned. */
  order: number;
  happen: () => void;
}

/** A discrete-event simulation: a clock, s, that jumps from event to event. */
export class Simulation {
  now = 0;
  private planned = 0;
  /** A binary heap, the next event first. */
  private readonly heap: Event[] = [];

  /** Starts a process now. */
  start(process: Process): void {
    const step = () => {
      const { value, done } = process.next();
      if (!done) value(step);
    };
    step();
  }

  /** A wait of so many seconds. */
  after(seconds: number): Wait {
    return (resume) => this.plan(this.now + seconds, resume);
  }

  /** Lets events happen until none is planned. */
  run(): void {
    for (let next = this.take(); next; next = this.take()) {
      this.now = next.time;
      next.happen();
    }
  }

  private plan(time: number, happen: () => void): void {
    const event = { time, order: this.planned++, happen };
    const { heap } = this;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
  }

  private take(): Event | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}

/** Equal servers with one queue: who comes first is served first. */
export class Station {
  private free: number;
  private readonly queue: { seconds: number; came: number; resume: () => void }[] = [];
  private head = 0;
  /** Time that its servers worked, together, s. */
  busy = 0;
  served = 0;
  /** Time that those served had waited before, together, s. */
  waited = 0;

  constructor(
    private readonly simulation: Simulation,
    readonly servers: number,
  ) {
    this.free = servers;
  }

  /** A wait for a turn and then so many seconds of service. */
  serve(seconds: number): Wait {
    return (resume) => {
      const request = { seconds, came: this.simulation.now, resume };
      if (this.free > 0) this.begin(request);
      else this.queue.push(request);
    };
  }

  private begin({ seconds, came, resume }: (typeof this.queue)[number]): void {
    this.free--;
    this.served++;
    this.busy += seconds;
    this.waited += this.simulation.now - came;
    this.simulation.after(seconds)(() => {
      this.free++;
      this.next();
      resume();
    });
  }

  private next(): void {
    const request = this.queue[this.head];
    if (!request) return;
    this.head++;
    // What was served is cut off now and then, not each time: a queue can be long.
    if (this.head > 1024 && 2 * this.head > this.queue.length) {
      this.queue.splice(0, this.head);
      this.head = 0;
    }
    this.begin(request);
  }
}

/** Something that happens once, and for which a process may wait before or after. */
export class Happening {
  private happened = false;
  private resume: (() => void) | undefined;

  happen(): void {
    this.happened = true;
    this.resume?.();
  }

  readonly wait: Wait = (resume) => {
    if (this.happened) resume();
    else this.resume = resume;
  };
}
