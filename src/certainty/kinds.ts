/** Kinds of frames that signs tell apart: like those of the training, or one of the others. */
export const KINDS = ["usual", "doubled", "elongated", "unfocused", "saturated", "filtered"] as const;

export type Kind = (typeof KINDS)[number];

/** The words for a frame of a kind. */
export const KIND_WORDS: Record<Exclude<Kind, "usual">, string> = {
  doubled: "spots come in pairs, as with a double helix",
  elongated: "spots are long, as with a cylindrical lens",
  unfocused: "spots are out of focus",
  saturated: "the brightest pixels are cut off",
  filtered: "its noise is not a camera's: filtered, scaled, or with the background taken off",
};
