// A small line chart's geometry: values to an SVG path in a unit box, broken where a value is missing.

export interface LinePath {
  readonly path: string;
  /** points with no neighbour, which a line cannot show: x, y in the box */
  readonly dots: readonly (readonly [number, number])[];
  /** null where no value is known */
  readonly domain: readonly [number, number] | null;
}

/** `values` against their index, y growing upwards from the smallest to the largest value. */
export function linePath(values: readonly (number | null)[], width: number, height: number): LinePath {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return { path: "", dots: [], domain: null };
  const low = Math.min(...known);
  const high = Math.max(...known);
  const xOf = (index: number) => (values.length === 1 ? width / 2 : (index / (values.length - 1)) * width);
  const yOf = (value: number) =>
    high === low ? height / 2 : height - ((value - low) / (high - low)) * height;
  const round = (value: number) => Math.round(value * 100) / 100;
  let path = "";
  const dots: [number, number][] = [];
  values.forEach((value, index) => {
    if (value === null) return;
    const [x, y] = [round(xOf(index)), round(yOf(value))];
    const hasBefore = (values[index - 1] ?? null) !== null;
    const hasAfter = (values[index + 1] ?? null) !== null;
    if (!hasBefore && !hasAfter) dots.push([x, y]);
    else path += `${hasBefore ? "L" : "M"}${x} ${y}`;
  });
  return { path, dots, domain: [low, high] };
}
