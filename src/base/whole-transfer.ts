import { readSync, writeSync } from "node:fs";

/**
 * Reads an array full from a place in an open file.
 * @param position in bytes
 * @returns false where the file ends before
 */
export function readWhole(file: number, bytes: Uint8Array, position: number): boolean {
  return transfer(readSync, file, bytes, position);
}

/** Writes all of an array at a place in an open file. @param position in bytes */
export function writeWhole(file: number, bytes: Uint8Array, position: number): boolean {
  return transfer(writeSync, file, bytes, position);
}

type Call = (file: number, bytes: Uint8Array, at: number, length: number, position: number) => number;

/** A call may do a part of what it is asked for. */
function transfer(call: Call, file: number, bytes: Uint8Array, position: number): boolean {
  for (let at = 0; at < bytes.length; ) {
    const count = call(file, bytes, at, bytes.length - at, position + at);
    if (count === 0) return false;
    at += count;
  }
  return true;
}
