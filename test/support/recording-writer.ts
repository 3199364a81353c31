// Replays a journal of test/data/follow in a process of its own: for each line on standard input it makes the next half of a write,
// and answers with the number of frames whose writes are all made, and "end" after the last write.
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Journal, Write } from "./journal.js";

function* halves({ data, ...write }: Write): Generator<Write> {
  if (data === null) return yield { ...write, data };
  const bytes = Buffer.from(data, "base64");
  const middle = bytes.length >> 1;
  for (const [start, end] of [
    [0, middle],
    [middle, bytes.length],
  ] as const) {
    if (end > start) yield { ...write, at: write.at + start, data: bytes.toString("base64", start, end) };
  }
}

function apply(folder: string, { file, at, data }: Write): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  const handle = openSync(path, "a+");
  closeSync(handle);
  const writable = openSync(path, "r+");
  if (data === null) ftruncateSync(writable, at);
  else writeSync(writable, Buffer.from(data, "base64"), 0, undefined, at);
  closeSync(writable);
}

async function replay(journalPath: string, folder: string): Promise<void> {
  const { frames, end } = JSON.parse(readFileSync(journalPath, "utf8")) as Journal;
  mkdirSync(folder, { recursive: true });
  const steps = [...frames, end].flatMap((writes, frame) => {
    const parts = writes.flatMap((write) => [...halves(write)]);
    return parts.map((write, i) => ({ write, whole: i === parts.length - 1 ? frame + 1 : frame }));
  });
  let made = 0;
  for await (const _ of createInterface({ input: process.stdin })) {
    const step = steps[made++];
    if (step) apply(folder, step.write);
    const whole = Math.min(frames.length, step?.whole ?? frames.length);
    process.stdout.write(`${made >= steps.length ? "end" : whole}\n`);
  }
}

const [, , journal, folder] = process.argv;
await replay(journal!, folder!);
