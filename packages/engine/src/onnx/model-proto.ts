// Writes a graph as an ONNX model. Of onnx.proto only the messages and fields that a graph here needs are described,
// by their published field numbers.
import protobuf from "protobufjs";
import type { AttributeValue, Edge, Graph, GraphNode, Initializer } from "../trace/graph.ts";
import { ONNX_TYPE_CODES } from "../trace/tracer.ts";

const IR_VERSION = 8;
export const OPSET = 18;

type FieldSpec = readonly [name: string, id: number, type: string, rule?: "repeated"];

const MESSAGES: Readonly<Record<string, readonly FieldSpec[]>> = {
  ModelProto: [
    ["irVersion", 1, "int64"],
    ["producerName", 2, "string"],
    ["producerVersion", 3, "string"],
    ["docString", 6, "string"],
    ["graph", 7, "GraphProto"],
    ["opsetImport", 8, "OperatorSetIdProto", "repeated"],
  ],
  OperatorSetIdProto: [
    ["domain", 1, "string"],
    ["version", 2, "int64"],
  ],
  GraphProto: [
    ["node", 1, "NodeProto", "repeated"],
    ["name", 2, "string"],
    ["initializer", 5, "TensorProto", "repeated"],
    ["input", 11, "ValueInfoProto", "repeated"],
    ["output", 12, "ValueInfoProto", "repeated"],
  ],
  NodeProto: [
    ["input", 1, "string", "repeated"],
    ["output", 2, "string", "repeated"],
    ["name", 3, "string"],
    ["opType", 4, "string"],
    ["attribute", 5, "AttributeProto", "repeated"],
    ["domain", 7, "string"],
  ],
  AttributeProto: [
    ["name", 1, "string"],
    ["f", 2, "float"],
    ["i", 3, "int64"],
    ["s", 4, "bytes"],
    ["ints", 8, "int64", "repeated"],
    ["type", 20, "int32"],
  ],
  TensorProto: [
    ["dims", 1, "int64", "repeated"],
    ["dataType", 2, "int32"],
    ["name", 8, "string"],
    ["rawData", 9, "bytes"],
  ],
  ValueInfoProto: [
    ["name", 1, "string"],
    ["type", 2, "TypeProto"],
    ["docString", 3, "string"],
  ],
  TypeProto: [["tensorType", 1, "TypeProtoTensor"]],
  TypeProtoTensor: [
    ["elemType", 1, "int32"],
    ["shape", 2, "TensorShapeProto"],
  ],
  TensorShapeProto: [["dim", 1, "Dimension", "repeated"]],
  Dimension: [["dimValue", 1, "int64"]],
};

const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, ints: 7 } as const;
const FLOAT_ATTRIBUTES: ReadonlySet<string> = new Set(["alpha", "beta", "epsilon", "momentum"]);

const root = new protobuf.Root();
for (const [name, fields] of Object.entries(MESSAGES)) {
  const type = new protobuf.Type(name);
  for (const [field, id, fieldType, rule] of fields) type.add(new protobuf.Field(field, id, fieldType, rule));
  root.add(type);
}
const ModelProto = root.lookupType("ModelProto");

/** Texts for people who open the model: they change nothing about what it computes. */
export interface ModelTexts {
  readonly version: string;
  readonly description: string;
  /** of an input or output, by its name */
  readonly describe: (tensorName: string) => string;
}

/** The bytes of a `model.onnx`. */
export function encodeModel(graph: Graph, name: string, texts?: ModelTexts): Uint8Array {
  const valueInfo = (edge: Edge) => valueInfoProto(edge, texts?.describe(edge.name));
  const domains = new Set(graph.nodes.map((node) => node.domain).filter((domain) => domain !== ""));
  return ModelProto.encode(
    ModelProto.fromObject({
      irVersion: IR_VERSION,
      producerName: "engram",
      ...(texts && { producerVersion: texts.version, docString: texts.description }),
      opsetImport: [
        { domain: "", version: OPSET },
        ...[...domains].map((domain) => ({ domain, version: 1 })),
      ],
      graph: {
        name,
        node: graph.nodes.map(nodeProto),
        initializer: graph.initializers.map(tensorProto),
        input: graph.inputs.map(valueInfo),
        output: graph.outputs.map(valueInfo),
      },
    }),
  ).finish();
}

/** What the node at `index` of a graph is called in its model. */
export function nodeName(node: GraphNode, index: number): string {
  return `${node.op}_${index}`;
}

function nodeProto(node: GraphNode, index: number) {
  return {
    name: nodeName(node, index),
    opType: node.op,
    domain: node.domain,
    input: node.inputs.map((edge) => edge.name),
    output: node.outputs.map((edge) => edge.name),
    attribute: Object.entries(node.attributes).map(([name, value]) => attributeProto(name, value)),
  };
}

function attributeProto(name: string, value: AttributeValue) {
  if (typeof value === "string") return { name, type: ATTRIBUTE_TYPES.string, s: Buffer.from(value) };
  if (typeof value !== "number") return { name, type: ATTRIBUTE_TYPES.ints, ints: [...value] };
  if (FLOAT_ATTRIBUTES.has(name)) return { name, type: ATTRIBUTE_TYPES.float, f: value };
  return { name, type: ATTRIBUTE_TYPES.int, i: value };
}

function tensorProto({ edge, data }: Initializer) {
  return {
    name: edge.name,
    dims: [...edge.shape],
    dataType: ONNX_TYPE_CODES[edge.type],
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

function valueInfoProto({ name, type, shape }: Edge, docString: string | undefined) {
  const dim = shape.map((dimValue) => ({ dimValue }));
  return { name, docString, type: { tensorType: { elemType: ONNX_TYPE_CODES[type], shape: { dim } } } };
}
