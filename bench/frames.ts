/** A uint16 frame of spots on noise, the same every time. */
export function spotsFrame(side: number): Uint16Array {
  let seed = 1;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  const pixels = Float64Array.from({ length: side * side }, () => 400 + 60 * random());
  for (let spot = 0; spot < (side * side) / 200; spot++) {
    const [cx, cy] = [random() * side, random() * side];
    for (let y = Math.max(0, Math.floor(cy) - 4); y < Math.min(side, cy + 4); y++)
      for (let x = Math.max(0, Math.floor(cx) - 4); x < Math.min(side, cx + 4); x++)
        pixels[y * side + x]! += 900 * Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / 3.4);
  }
  return Uint16Array.from(pixels);
}
