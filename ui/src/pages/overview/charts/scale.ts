/** Round numbers from nothing up to at least *most*, some five steps of them. */
export function ticks(most: number, whole: boolean): number[] {
  const rough = Math.max(most, Number.MIN_VALUE) / 5;
  const size = 10 ** Math.floor(Math.log10(rough));
  const found = [1, 2, 2.5, 5, 10].map((factor) => factor * size).find((step) => step >= rough * 0.999) ?? 10 * size;
  const step = whole ? Math.max(1, Math.ceil(found)) : found;
  const steps = Math.max(1, Math.ceil(most / step - 1e-9));
  return Array.from({ length: steps + 1 }, (_, place) => place * step);
}

/** Of every how many bars the name can be written, where each has *band* pixels and names are *wide*. */
export function namesEvery(band: number, wide: number): number {
  return Math.max(1, Math.ceil(wide / Math.max(band, 0.1)));
}

/** The outline of a bar's topmost piece, its upper corners round. */
export function rounded(x: number, y: number, width: number, height: number): string {
  const r = Math.min(3, height, width / 2);
  return `M${x} ${y + height}v${r - height}q0 ${-r} ${r} ${-r}h${width - 2 * r}q${r} 0 ${r} ${r}v${height - r}z`;
}

/** A line through those of *points* that are there. */
export function through(points: ([number, number] | null)[]): string {
  return points
    .filter((point) => point !== null)
    .map(([x, y], place) => `${place ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join("");
}
