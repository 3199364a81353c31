/** Shapes that tell series apart without colours: circle, square, triangle, diamond, cross. */
const SHAPES: readonly ((x: number, y: number, r: number) => string)[] = [
  (x, y, r) => `<circle cx="${x}" cy="${y}" r="${r}"/>`,
  (x, y, r) => shape([x - r, y - r], [x + r, y - r], [x + r, y + r], [x - r, y + r]),
  (x, y, r) => shape([x, y - 1.2 * r], [x + 1.2 * r, y + r], [x - 1.2 * r, y + r]),
  (x, y, r) => shape([x, y - 1.4 * r], [x + 1.4 * r, y], [x, y + 1.4 * r], [x - 1.4 * r, y]),
  (x, y, r) =>
    `<path d="M${point(x - r, y - r)}L${point(x + r, y + r)}M${point(x - r, y + r)}L${point(x + r, y - r)}" stroke="currentColor" stroke-width="2"/>`,
];

/**
 * The mark of a series at a position, in the drawing's colour.
 * @param index of the series, from 0
 * @param radius drawing units
 */
export function marker(index: number, x: number, y: number, radius: number): string {
  return SHAPES[index % SHAPES.length]!(x, y, radius);
}

function shape(...corners: [number, number][]): string {
  return `<path d="M${corners.map(([x, y]) => point(x, y)).join("L")}Z"/>`;
}

function point(x: number, y: number): string {
  return `${Number(x.toFixed(2))} ${Number(y.toFixed(2))}`;
}
