import { builder } from "../../schema/builder.ts";
import { type ListedDevice, type LiveWorker, listedDeviceSchema } from "./service.ts";

const DeviceState = builder.enumType("DeviceState", {
  description:
    "READY: proven by a convolution and its gradients. NOT_INSTALLED: a package or library is missing. REFUSED: it is there and fails or computes wrongly. UNKNOWN: the worker is of another version.",
  values: listedDeviceSchema.shape.state.unwrap().options,
});

const DeviceKind = builder.enumType("DeviceKind", {
  description:
    "COMPILED: steps run as one ONNX graph. EAGER: kernel by kernel in TensorFlow.js. UNKNOWN: the worker is of another version.",
  values: { COMPILED: { value: "compiled" }, EAGER: { value: "eager" }, UNKNOWN: {} } as const,
});

const DeviceType = builder.objectRef<ListedDevice>("Device").implement({
  fields: (t) => ({
    name: t.exposeString("id", { description: "What ENGRAM_DEVICE calls it." }),
    kind: t.expose("kind", { type: DeviceKind }),
    state: t.expose("state", { type: DeviceState }),
    description: t.exposeString("description", {
      description: "Provider and version where READY, else why not.",
    }),
    isDefault: t.exposeBoolean("isDefault", { description: "What ENGRAM_DEVICE=auto takes." }),
    memoryBytes: t.exposeFloat("memoryBytes", { nullable: true }),
    gflops: t.exposeFloat("gflops", {
      nullable: true,
      description: "GFLOP/s of a convolution, forward and backward, in float32.",
    }),
  }),
});

export const WorkerType = builder.objectRef<LiveWorker>("Worker").implement({
  fields: (t) => ({
    id: t.exposeID("id"),
    hostname: t.exposeString("hostname"),
    version: t.exposeString("version"),
    startedAt: t.expose("startedAt", { type: "DateTime" }),
    devices: t.field({
      type: [DeviceType],
      description: "Every device that the engine knows; empty until the worker has looked at them.",
      resolve: ({ devices }) => [...devices],
    }),
  }),
});
