import assert from "node:assert/strict";
import { test } from "node:test";
import { Dispatcher, type FrameQueue, type QueuedFrame } from "../../../src/daemon/counting/dispatcher.js";
import type { LoadedModel } from "../../../src/predict/loaded-model.js";
import type { FrameBatch, Prediction } from "../../../src/predict/prediction.js";

/** An engine that counts at once, and notes how many pixels it was given. */
function engine(onBatch: (pixels: number) => void): LoadedModel {
  const predict = async ({ width, height, count }: FrameBatch) => {
    onBatch(width * height * count);
    return Array.from({ length: count }, (): Prediction => ({ count: 0, maxLocalCount: 0 }));
  };
  return { predict } as unknown as LoadedModel;
}

/** A stream of another client that always has frames waiting. */
class EndlessStream implements FrameQueue {
  readonly waiting = 1_000;
  readonly owner = { busyStreams: 1 };
  readonly pixelType = "uint8";
  readonly wanted = { density: false, maxLocalCount: false, pool: 7 };
  readonly latestOnly = false;
  readonly recording = 1;
  readonly height: number;
  readonly batchKey: string;
  /** Pixels of its frames that were answered. */
  served = 0;

  constructor(
    readonly width: number,
    readonly model: LoadedModel,
  ) {
    this.height = width;
    this.batchKey = String(width);
  }

  take(count: number): QueuedFrame[] {
    const frame = { copyPixels: () => undefined, received: 0 };
    return new Array(count).fill(frame);
  }

  answer(frames: readonly QueuedFrame[]): void {
    this.served += frames.length * this.width * this.height;
  }

  takePreviewTurn(): boolean {
    return false;
  }
}

test("four clients that always have work get equal shares of the engine by pixels, whatever the sizes of their frames", async () => {
  const dispatcher = new Dispatcher({ borrow: (bytes) => new ArrayBuffer(bytes), giveBack: () => undefined });
  let total = 0;
  let isEnough: () => void = () => undefined;
  const enough = new Promise<void>((resolve) => {
    isEnough = resolve;
  });
  const model = engine((pixels) => {
    total += pixels;
    if (total > 2e7) isEnough();
  });
  const streams = [64, 128, 256, 400].map((side) => new EndlessStream(side, model));
  for (const stream of streams) dispatcher.notify(stream);
  await enough;
  const shares = streams.map(({ served }) => served);
  for (const stream of streams) dispatcher.remove(stream);
  // One large frame, or a batch, more or less at both ends, and those under way.
  const tolerance = 2 * 400 ** 2 + 2 * 65_536;
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  for (const share of shares) assert.ok(Math.abs(share - mean) <= tolerance, shares.join(" "));
});

/** A model that counts in the thread for large frames, whose calls end when they are told to. */
function heldEngine(): { model: LoadedModel; calls: (() => void)[] } {
  const calls: (() => void)[] = [];
  const predict = ({ count }: FrameBatch) =>
    new Promise<Prediction[]>((resolve) => {
      const predictions = Array.from({ length: count }, () => ({ count: 0, maxLocalCount: 0 }));
      calls.push(() => resolve(predictions));
    });
  return { model: { predict, countsApart: true } as unknown as LoadedModel, calls };
}

/** Resolves once what was started has got as far as it can without the engine. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

for (const latestOnly of [false, true]) {
  test(`small frames never wait for large ones that are counted apart${latestOnly ? ", latest-only" : ""}`, async () => {
    const dispatcher = new Dispatcher({
      borrow: (bytes) => new ArrayBuffer(bytes),
      giveBack: () => undefined,
    });
    const { model, calls } = heldEngine();
    const large = Object.assign(new EndlessStream(512, model), { latestOnly });
    dispatcher.notify(large);
    await settled();
    // As many calls as may be under way, none of which ends.
    assert.equal(calls.length, latestOnly ? 1 : 2);
    let served = 0;
    let isEnough: () => void = () => undefined;
    const enough = new Promise<void>((resolve) => {
      isEnough = resolve;
    });
    const small = new EndlessStream(
      64,
      engine((pixels) => {
        served += pixels;
        if (served > 4 * 512 ** 2) isEnough();
      }),
    );
    dispatcher.notify(small);
    await enough;
    dispatcher.remove(small);
    assert.equal(large.served, 0);
    for (const end of calls) end();
    await settled();
    assert.ok(large.served > 0, "large frames go on when their calls end");
    dispatcher.remove(large);
    for (const end of calls) end();
  });
}
