// Numbers and times as text. What is not known is an em dash, never a zero.

export const UNKNOWN = "—";

const integers = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const instants = new Intl.DateTimeFormat("en", {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

export function formatCount(count: number | null | undefined): string {
  return isKnown(count) ? integers.format(count) : UNKNOWN;
}

/** `12 clips`, `1 clip` */
export function formatQuantity(count: number, singular: string, plural = `${singular}s`): string {
  return `${integers.format(count)} ${count === 1 ? singular : plural}`;
}

/** A probability or score in [0, 1]. */
export function formatScore(score: number | null | undefined, digits = 3): string {
  return isKnown(score) ? score.toFixed(digits) : UNKNOWN;
}

/** A quantity of unknown magnitude, to four significant digits. */
export function formatSignificant(value: number | null | undefined): string {
  if (!isKnown(value)) return UNKNOWN;
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  if (magnitude < 1e-3 || magnitude >= 1e6) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

/** `840 ms`, `12 s`, `4 min 05 s`, `2 h 10 min` */
export function formatDuration(durationMs: number | null | undefined): string {
  if (!isKnown(durationMs)) return UNKNOWN;
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** A position in a clip: `00:12.40` */
export function formatClock(ptsMs: number | null | undefined): string {
  if (!isKnown(ptsMs)) return UNKNOWN;
  const hundredths = Math.round(ptsMs / 10);
  const seconds = Math.floor(hundredths / 100);
  const hours = Math.floor(seconds / 3600);
  const pad = (value: number) => String(value).padStart(2, "0");
  const clock = `${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}.${pad(hundredths % 100)}`;
  return hours > 0 ? `${hours}:${clock}` : clock;
}

export function formatBytes(bytes: number | null | undefined): string {
  if (!isKnown(bytes)) return UNKNOWN;
  const units = ["B", "kB", "MB", "GB", "TB"];
  let amount = bytes;
  let unit = 0;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000;
    unit++;
  }
  return `${unit === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${units[unit]}`;
}

/** An instant in the reader's time zone. */
export function formatInstant(iso: string | null | undefined): string {
  return iso ? instants.format(new Date(iso)) : UNKNOWN;
}

/** `MNAD_PREDICTION` → `MNAD prediction`: acronyms stay, words become words. */
export function formatArchitecture(architecture: string): string {
  const [first = "", ...rest] = architecture.split("_");
  return [first, ...rest.map((word) => word.toLowerCase())].join(" ");
}

/** `millisecondsPerStep` → `milliseconds per step` */
export function formatIdentifier(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
}

/** `HELD_OUT` → `Held out` */
export function formatEnum(value: string): string {
  const words = value.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function isKnown(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}
