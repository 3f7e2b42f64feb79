// Frames are numbered in file names that start at 0 or 1 and need not be padded: 9.jpg comes before 10.jpg.

const RUNS = /\d+|\D+/g;
const DIGIT = /^\d/;

/**
 * Orders names with their runs of digits compared as numbers of any length. A total order: 0 only for equal names
 * (numbers that differ in padding alone put the shorter one first).
 */
export function compareNatural(a: string, b: string): number {
  const left = a.match(RUNS) ?? [];
  const right = b.match(RUNS) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareRuns(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  return left.length - right.length || a.length - b.length || compareText(a, b);
}

function compareRuns(a: string, b: string): number {
  if (!DIGIT.test(a) || !DIGIT.test(b)) return compareText(a, b);
  const left = a.replace(/^0+/, "");
  const right = b.replace(/^0+/, "");
  return left.length - right.length || compareText(left, right);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
