import { freemem, totalmem } from "node:os";
import { DOCTOR_LIMITS } from "../base/limits.js";
import type { Line } from "./check.js";

/** Bytes of all memory and of free memory; undefined where the system does not tell. */
export interface MachineMemory {
  total: number;
  free: number | undefined;
}

/** The memory that this process may use. */
export function memoryLines(): Line[] {
  // A container's limit. Without one it is 0, or more than the memory.
  const bound = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  const total = Math.min(totalmem(), bound);
  // macOS fills its memory with data that it can drop at once, and does not count that as free.
  const free = process.platform === "darwin" ? undefined : Math.min(freemem(), total);
  return [memoryLine({ total, free })];
}

export function memoryLine({ total, free }: MachineMemory): Line {
  const { countingBytes, trainingBytes } = DOCTOR_LIMITS;
  const usable = free ?? total;
  const line = {
    name: "memory",
    detail: [
      gigabytes(total),
      ...(free === undefined ? [] : [`${gigabytes(free)} free`]),
      `counting takes about ${gigabytes(countingBytes)}, training ${gigabytes(trainingBytes)}`,
    ].join(", "),
  };
  if (usable >= trainingBytes) return { ...line, state: "ok" };
  if (usable >= countingBytes) {
    return { ...line, state: "missing", advice: "Close other programs before a training." };
  }
  return { ...line, state: "broken", advice: "Close other programs, or use a machine with more memory." };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
