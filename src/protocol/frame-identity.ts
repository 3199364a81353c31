import { type ArgumentRule, checkOptions, type RulesOf } from "../base/arguments.js";
import { WIRE_LIMITS } from "../base/limits.js";
import type { defcon } from "./generated/defcon.js";

/** What a program knows of a frame. It comes back with the frame's answer, bit by bit. */
export interface FrameIdentity {
  /** Such as the camera's number of the frame: 0 to 2^64 - 1. */
  id?: bigint | undefined;
  /** Of the program's own clock, in its own unit: -2^63 to 2^63 - 1. */
  timestamp?: bigint | undefined;
  /** Up to 1024 bytes of any kind. */
  metadata?: Uint8Array | undefined;
}

/** An identity as it is decoded and encoded. Its generated type has numbers: see int64.ts. */
export type WireIdentity = defcon.FrameIdentity.$Properties;

const RULES: RulesOf<FrameIdentity> = {
  id: bigintArgument(0n, 2n ** 64n - 1n, "a bigint from 0n to 2n ** 64n - 1n"),
  timestamp: bigintArgument(-(2n ** 63n), 2n ** 63n - 1n, "a bigint from -(2n ** 63n) to 2n ** 63n - 1n"),
  metadata: {
    expected: `a Uint8Array of at most ${WIRE_LIMITS.maxFrameMetadataBytes} bytes`,
    holds: (value) => value instanceof Uint8Array && value.length <= WIRE_LIMITS.maxFrameMetadataBytes,
  },
};

/**
 * What a program says of a frame, in the form of the wire.
 * @returns undefined where it says nothing
 * @throws InputError INPUT_OPTION
 */
export function identityToWire(identity: FrameIdentity): WireIdentity | undefined {
  checkOptions<FrameIdentity>(identity, RULES);
  const { id, timestamp, metadata } = identity;
  if (id === undefined && timestamp === undefined && metadata === undefined) return undefined;
  return {
    ...(id !== undefined && { id: id as unknown as number }),
    ...(timestamp !== undefined && { timestamp: timestamp as unknown as number }),
    ...(metadata !== undefined && { metadata }),
  };
}

/** What came with an answer, as the program said it. */
export function identityFromWire(identity: WireIdentity | null | undefined): FrameIdentity {
  const id = wireId(identity);
  const timestamp = identity?.timestamp;
  const metadata = identity?.metadata;
  return {
    ...(id !== undefined && { id }),
    ...(timestamp != null && { timestamp: timestamp as unknown as bigint }),
    ...(metadata?.length && { metadata }),
  };
}

/** A frame's id on the wire; undefined where it has none. */
export function wireId(identity: WireIdentity | null | undefined): bigint | undefined {
  return (identity?.id ?? undefined) as bigint | undefined;
}

function bigintArgument(least: bigint, most: bigint, expected: string): ArgumentRule {
  return { expected, holds: (value) => typeof value === "bigint" && value >= least && value <= most };
}
