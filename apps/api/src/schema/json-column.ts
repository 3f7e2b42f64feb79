// JSON columns are parsed where they leave the database. One that does not parse is a fault of ours, not the viewer's.
import type { z } from "zod";

export function parseColumn<T extends z.ZodType>(schema: T, value: unknown, column: string): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`The column ${column} does not hold what it should: ${parsed.error.message}`);
}
