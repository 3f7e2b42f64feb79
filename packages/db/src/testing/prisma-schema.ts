// Reads schema.prisma as far as a database shows it: tables, columns, keys, indexes, references, enums. Prisma's own
// comparison of schema and migrations needs an engine that would have to be downloaded.
export interface SchemaFacts {
  /** "table.column type null|not null" */
  readonly columns: readonly string[];
  /** "table (column, …)": primary keys and uniques */
  readonly uniques: readonly string[];
  /** "table (column, …)": the other indexes */
  readonly indexes: readonly string[];
  /** "table (column) -> table: on delete action" */
  readonly references: readonly string[];
  /** "Name: A, B, …" */
  readonly enums: readonly string[];
}

interface Model {
  readonly name: string;
  readonly table: string;
  readonly lines: readonly string[];
}

const SCALARS: Readonly<Record<string, string>> = {
  String: "text",
  Int: "integer",
  BigInt: "bigint",
  Float: "double precision",
  Boolean: "boolean",
  Json: "jsonb",
  Bytes: "bytea",
  "String @db.Uuid": "uuid",
  "DateTime @db.Timestamptz(3)": "timestamp(3) with time zone",
};

/** @throws Error for a type that this reader does not know */
export function readPrismaSchema(source: string): SchemaFacts {
  const blocks = [...source.matchAll(/^(model|enum) (\w+) \{\n(.*?)^\}/gms)];
  const enums = new Map<string, readonly string[]>();
  const models: Model[] = [];
  for (const [, kind, name, body] of blocks) {
    if (name === undefined || body === undefined) continue;
    const lines = body
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("//"));
    if (kind === "enum") enums.set(name, lines);
    else models.push({ name, table: /@@map\("(\w+)"\)/.exec(body)?.[1] ?? name, lines });
  }
  const tables = new Map(models.map(({ name, table }) => [name, table]));
  return {
    columns: sorted(models.flatMap((model) => columnsOf(model, tables, enums))),
    uniques: sorted(models.flatMap(uniquesOf)),
    indexes: sorted(models.flatMap(({ table, lines }) => listsOf(table, lines, /^@@index\(\[(.*?)\]/))),
    references: sorted(models.flatMap((model) => referencesOf(model, tables))),
    enums: sorted([...enums].map(([name, values]) => `${name}: ${values.join(", ")}`)),
  };
}

function columnsOf(
  { table, lines }: Model,
  tables: ReadonlyMap<string, string>,
  enums: ReadonlyMap<string, readonly string[]>,
): string[] {
  return fieldLines(lines).flatMap(({ name, type, isOptional, isList, rest }) => {
    if (tables.has(type)) return [];
    const native = /@db\.\w+(\(\d+\))?/.exec(rest)?.[0];
    const scalar = enums.has(type) ? `"${type}"` : SCALARS[native === undefined ? type : `${type} ${native}`];
    if (scalar === undefined)
      throw new Error(`${table}.${name}: the type ${type} ${native ?? ""} is not known.`);
    // Prisma makes the column of a list nullable.
    const nullable = isOptional || isList ? "null" : "not null";
    return [`${table}.${name} ${scalar}${isList ? "[]" : ""} ${nullable}`];
  });
}

function uniquesOf({ table, lines }: Model): string[] {
  const single = fieldLines(lines).filter(({ rest }) => /@(id|unique)\b/.test(rest));
  return [
    ...single.map(({ name }) => `${table} (${name})`),
    ...listsOf(table, lines, /^@@(?:unique|id)\(\[(.*?)\]/),
  ];
}

function referencesOf({ table, lines }: Model, tables: ReadonlyMap<string, string>): string[] {
  return fieldLines(lines).flatMap(({ type, rest }) => {
    const fields = /@relation\(fields: \[(\w+)\]/.exec(rest)?.[1];
    if (fields === undefined) return [];
    const action = /onDelete: (\w+)/.exec(rest)?.[1];
    return [`${table} (${fields}) -> ${tables.get(type)}: ${action}`];
  });
}

function listsOf(table: string, lines: readonly string[], pattern: RegExp): string[] {
  return lines.flatMap((line) => {
    const columns = pattern.exec(line)?.[1];
    return columns === undefined ? [] : [`${table} (${columns})`];
  });
}

function fieldLines(lines: readonly string[]) {
  return lines.flatMap((line) => {
    const match = /^(\w+)\s+(\w+)(\?|\[\])?\s*(.*)$/.exec(line);
    if (match === null) return [];
    const [, name = "", type = "", suffix, rest = ""] = match;
    return [{ name, type, isOptional: suffix === "?", isList: suffix === "[]", rest }];
  });
}

function sorted(lines: readonly string[]): string[] {
  return [...lines].sort();
}
