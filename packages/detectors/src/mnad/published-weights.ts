// The trained weights of the authors' code, under the names and in the layouts of this package.
import { AppError, architectureSlug, type ImportableArchitecture } from "@engram/core";
import { decodeSafetensors, type TensorData, type TensorDataMap, type TensorSpec } from "@engram/engine";
import { COLOURS, FIRST_LAYER, type Layer } from "../layers/layer.ts";
import { type MnadVariant, mnadLayers, PREDICTION, RECONSTRUCTION } from "./layers.ts";
import { MEMORY, modelSpecs } from "./state.ts";

/** Modules of the published code and, in them, the index of each convolution (its BatchNorm comes next). */
const MODULES: Readonly<Record<string, { readonly module: string; readonly index: number }>> = {
  "conv1.1": { module: "encoder.moduleConv1", index: 0 },
  "conv1.2": { module: "encoder.moduleConv1", index: 3 },
  "conv2.1": { module: "encoder.moduleConv2", index: 0 },
  "conv2.2": { module: "encoder.moduleConv2", index: 3 },
  "conv3.1": { module: "encoder.moduleConv3", index: 0 },
  "conv3.2": { module: "encoder.moduleConv3", index: 3 },
  "conv4.1": { module: "encoder.moduleConv4", index: 0 },
  "conv4.2": { module: "encoder.moduleConv4", index: 3 },
  "deconv4.1": { module: "decoder.moduleConv", index: 0 },
  "deconv4.2": { module: "decoder.moduleConv", index: 3 },
  up4: { module: "decoder.moduleUpsample4", index: 0 },
  "deconv3.1": { module: "decoder.moduleDeconv3", index: 0 },
  "deconv3.2": { module: "decoder.moduleDeconv3", index: 3 },
  up3: { module: "decoder.moduleUpsample3", index: 0 },
  "deconv2.1": { module: "decoder.moduleDeconv2", index: 0 },
  "deconv2.2": { module: "decoder.moduleDeconv2", index: 3 },
  up2: { module: "decoder.moduleUpsample2", index: 0 },
  "deconv1.1": { module: "decoder.moduleDeconv1", index: 0 },
  "deconv1.2": { module: "decoder.moduleDeconv1", index: 3 },
  "deconv1.3": { module: "decoder.moduleDeconv1", index: 6 },
};

const VARIANTS: Readonly<Record<ImportableArchitecture, MnadVariant>> = {
  MNAD_PREDICTION: PREDICTION,
  MNAD_RECONSTRUCTION: RECONSTRUCTION,
};

/** The memory, as the reference names it and as the published code's training saves it (`keys.pt`). */
const MEMORY_NAMES = ["m_items", "keys"] as const;
/** Counters of steps, and a BatchNorm that the published encoder owns and never runs. */
const UNUSED = /(^encoder\.moduleBatchNorm\.|\.num_batches_tracked$)/;
/** Where a model was trained on several GPUs. */
const PARALLEL_PREFIX = /^module\./;
/** Faulty tensors of one sort that an error names. */
const NAMED = 3;

/** What is known of a file beforehand; what is not is read off its shapes. */
export interface PublishedForm {
  readonly architecture?: ImportableArchitecture | null;
  /** channels of the first convolution */
  readonly width?: number | null;
  /** rows of the memory */
  readonly items?: number | null;
}

export interface PublishedWeights {
  readonly architecture: ImportableArchitecture;
  readonly width: number;
  readonly items: number;
  /** `modelSpecs` of the detector of this form */
  readonly state: TensorDataMap;
}

/**
 * A model of this package from the state dict of the published code, prediction or reconstruction.
 *
 * Names are those of torch's modules, with or without `module.` before them; the memory is `m_items` or `keys`.
 * Counters of steps and the encoder's unused BatchNorm are left out. Filters are turned from torch's layout into ours;
 * every number stays as it is.
 *
 * @param file the bytes of a `.safetensors` file, tensors float32
 * @throws AppError BAD_INPUT where it is no such file, and naming tensors that are missing, unexpected, of another
 *   shape or not finite
 */
export function readPublishedWeights(file: Uint8Array, known: PublishedForm = {}): PublishedWeights {
  const tensors = readTensors(file);
  const form = formOf(tensors, known);
  requireTensors(tensors, publishedSpecs(form, memoryName(tensors)), form);
  const state = namesOf(form, memoryName(tensors)).map(([ours, published]) => {
    const tensor = tensors.get(published)!;
    return [ours, isFilter(tensor) ? toHwio(tensor) : tensor] as const;
  });
  return { ...form, state: Object.fromEntries(state) };
}

/** What a file must hold, by the published names and in torch's layouts. */
export function publishedSpecs(
  form: Form,
  memory: MemoryName = MEMORY_NAMES[0],
): Readonly<Record<string, TensorSpec>> {
  const specs = modelSpecs(layersOf(form), form.items);
  const published = namesOf(form, memory).map(([ours, name]) => {
    const spec = specs[ours]!;
    return [name, isFilter(spec) ? toTorch(spec) : spec] as const;
  });
  return Object.fromEntries(published);
}

type MemoryName = (typeof MEMORY_NAMES)[number];
type Tensors = ReadonlyMap<string, TensorData>;
type Form = Omit<PublishedWeights, "state">;

/** By the published names, without what is not used. @throws AppError BAD_INPUT */
function readTensors(file: Uint8Array): Tensors {
  const isPickle = file[0] === 0x80 || (file[0] === 0x50 && file[1] === 0x4b);
  if (isPickle) {
    throw new AppError(
      "BAD_INPUT",
      "The file is one of torch.save, which is not read: convert it to safetensors.",
    );
  }
  try {
    const { tensors } = decodeSafetensors(file, (name) => !UNUSED.test(name.replace(PARALLEL_PREFIX, "")));
    return new Map(
      Object.entries(tensors).map(([name, tensor]) => [name.replace(PARALLEL_PREFIX, ""), tensor]),
    );
  } catch (err) {
    if (!(err instanceof AppError)) throw err;
    throw new AppError("BAD_INPUT", err.message, { cause: err });
  }
}

/** @throws AppError BAD_INPUT where even the first convolution is not there, or not of either variant */
function formOf(tensors: Tensors, { architecture, width, items }: PublishedForm): Form {
  const first = convolution(FIRST_LAYER);
  const [outputs, inputs] = tensors.get(first)?.shape ?? [];
  const seen = Object.values(VARIANTS).find(({ inputFrames }) => inputFrames * COLOURS === inputs);
  const found = architecture ?? seen?.architecture;
  if (found === undefined || outputs === undefined) {
    const fault = inputs === undefined ? "is missing" : `takes ${inputs} channels, expected 12 or 3`;
    throw new AppError(
      "BAD_INPUT",
      `The file holds no weights of MNAD's published code: "${first}" ${fault}.`,
    );
  }
  const rows = tensors.get(memoryName(tensors))?.shape[0];
  // A memory that is missing is named below, with whatever else is.
  return { architecture: found, width: width ?? outputs, items: items ?? rows ?? 0 };
}

function memoryName(tensors: Tensors): MemoryName {
  return MEMORY_NAMES.find((name) => tensors.has(name)) ?? MEMORY_NAMES[0];
}

function layersOf({ architecture, width }: Form): readonly Layer[] {
  return mnadLayers(VARIANTS[architecture], width);
}

type Names = readonly (readonly [ours: string, published: string])[];

function namesOf(form: Form, memory: MemoryName): Names {
  return [[MEMORY, memory], ...layersOf(form).flatMap(namesOfLayer)];
}

function namesOfLayer({ name, hasBatchNorm }: Layer): Names {
  const { module, index } = MODULES[name]!;
  const norm = `${module}.${index + 1}`;
  const own: Names = [
    [`${name}/filter`, convolution(name)],
    [`${name}/bias`, `${module}.${index}.bias`],
  ];
  if (!hasBatchNorm) return own;
  return [
    ...own,
    [`${name}/gamma`, `${norm}.weight`],
    [`${name}/beta`, `${norm}.bias`],
    [`${name}/mean`, `${norm}.running_mean`],
    [`${name}/variance`, `${norm}.running_var`],
  ];
}

function convolution(layer: string): string {
  const { module, index } = MODULES[layer]!;
  return `${module}.${index}.weight`;
}

/** The file's tensors are just these, each of its shape, and every number is one. @throws AppError BAD_INPUT */
function requireTensors(tensors: Tensors, specs: Readonly<Record<string, TensorSpec>>, form: Form): void {
  const missing = Object.keys(specs).filter((name) => !tensors.has(name));
  const unexpected = [...tensors.keys()].filter((name) => !Object.hasOwn(specs, name));
  const misshaped: string[] = [];
  const broken: string[] = [];
  for (const [name, spec] of Object.entries(specs)) {
    const tensor = tensors.get(name);
    if (tensor === undefined) continue;
    const [is, expected] = [describe(tensor), describe(spec)];
    if (is !== expected) misshaped.push(`"${name}" (${is}, expected ${expected})`);
    else if (!tensor.data.every(Number.isFinite)) broken.push(quote(name));
  }
  const faults = [
    list("missing", missing.map(quote)),
    list("unexpected", unexpected.map(quote)),
    list("of another shape", misshaped),
    list("with values that are no numbers", broken),
  ].filter((fault) => fault !== null);
  if (faults.length === 0) return;
  const { architecture, width, items } = form;
  const model = `${architectureSlug(architecture)} of width ${width} with ${items} items`;
  throw new AppError("BAD_INPUT", `The tensors are not those of ${model}: ${faults.join("; ")}.`);
}

const quote = (name: string) => `"${name}"`;
const describe = ({ dtype, shape }: TensorSpec) => `${dtype} [${shape}]`;

function list(what: string, names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return `${what} ${names.slice(0, NAMED).join(", ")}${more}`;
}

const isFilter = ({ shape }: TensorSpec) => shape.length === 4;

/** [height, width, b, a] → [a, b, height, width], the inverse of `toHwio`. */
function toTorch({ dtype, shape }: TensorSpec): TensorSpec {
  const [height, width, b, a] = shape as [number, number, number, number];
  return { dtype, shape: [a, b, height, width] };
}

/** [a, b, height, width] → [height, width, b, a]: torch's out-in to in-out, and in-out, transposed, to out-in. */
function toHwio({ shape, data }: TensorData): TensorData {
  const [a, b, height, width] = shape as [number, number, number, number];
  const area = height * width;
  const moved = new Float32Array(data.length);
  for (let i = 0; i < a * b; i++) {
    for (let tap = 0; tap < area; tap++)
      moved[tap * a * b + (i % b) * a + Math.floor(i / b)] = data[i * area + tap]!;
  }
  return { shape: [height, width, b, a], dtype: "float32", data: moved };
}
