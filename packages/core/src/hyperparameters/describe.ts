// What a schema of hyper-parameters says of itself: inputs, options, forms and help texts are made of it.
import { z } from "zod";
import { type HyperparameterGroup, hyperparameterGroupSchema } from "./group.ts";
import type { Preset } from "./training.ts";

export type HyperparameterValue = number | string | boolean;

export const hyperparameterKindSchema = z.enum(["NUMBER", "CHOICE", "SWITCH", "TEXT"]);
/** CHOICE: one of some words in capitals (`z.enum`). SWITCH: true or false. TEXT: of a pattern. */
export type HyperparameterKind = z.infer<typeof hyperparameterKindSchema>;

export interface HyperparameterInfo {
  readonly name: string;
  readonly description: string;
  readonly group: HyperparameterGroup;
  readonly kind: HyperparameterKind;
  /** of a NUMBER that is measured in something: `.meta({ unit })` of its schema */
  readonly unit: string | null;
  /** of a NUMBER */
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly isInteger: boolean;
  /** of a CHOICE; empty for the others */
  readonly choices: readonly string[];
  /** a regular expression, of a TEXT that has one */
  readonly pattern: string | null;
  readonly defaults: Readonly<Record<Preset, HyperparameterValue>>;
}

const propertySchema = z.object({
  type: z.enum(["integer", "number", "string", "boolean"]),
  description: z.string(),
  group: hyperparameterGroupSchema,
  unit: z.string().optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
  enum: z.array(z.string()).optional(),
  pattern: z.string().optional(),
});
type Property = z.infer<typeof propertySchema>;

const objectSchema = z.object({ properties: z.record(z.string(), propertySchema) });

/**
 * The fields of `schema` in its order.
 *
 * @param presets the value of every field in each preset
 * @throws ZodError where a field has no description or group, or is none of the kinds
 */
export function describeFields(
  schema: z.ZodType,
  presets: Readonly<Record<Preset, Readonly<Record<string, HyperparameterValue>>>>,
): HyperparameterInfo[] {
  const { properties } = objectSchema.parse(z.toJSONSchema(schema));
  return Object.entries(properties).map(([name, property]) => ({
    name,
    description: property.description,
    group: property.group,
    kind: kindOf(property),
    unit: property.unit ?? null,
    minimum: property.minimum ?? property.exclusiveMinimum ?? null,
    maximum: property.maximum ?? null,
    isInteger: property.type === "integer",
    choices: property.enum ?? [],
    pattern: property.pattern ?? null,
    defaults: {
      paper: presets.paper[name]!,
      compact: presets.compact[name]!,
      tiny: presets.tiny[name]!,
    },
  }));
}

function kindOf(property: Property): HyperparameterKind {
  switch (property.type) {
    case "integer":
    case "number":
      return "NUMBER";
    case "boolean":
      return "SWITCH";
    case "string":
      return property.enum === undefined ? "TEXT" : "CHOICE";
    default:
      throw property.type satisfies never;
  }
}
