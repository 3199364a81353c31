/**
 * Which UTF-16 a text is in, by its byte order mark or by the upper bytes of Latin letters, which
 * are 0; undefined for other encodings.
 */
export function utf16Of(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (first !== undefined && second === 0) return "utf-16le";
  return first === 0 ? "utf-16be" : undefined;
}
