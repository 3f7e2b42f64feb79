// Images made larger or smaller. Their gradients are matrix products, registered in mended/resize.ts.
import { nearestPlaces, type ResizeRule } from "../../resize-weights.ts";
import { ABSENT } from "../graph.ts";
import { imageOrder, physical } from "../layout.ts";
import { attributeOf, inputOf, type KernelCall, type Lowering } from "../lowering.ts";
import type { Traced } from "../tracer.ts";
import { pickAlong } from "./gather.ts";

function ruleOf(call: KernelCall): ResizeRule {
  return {
    alignCorners: attributeOf<boolean>(call, "alignCorners"),
    halfPixelCenters: attributeOf<boolean>(call, "halfPixelCenters"),
  };
}

function resizeBilinear(call: KernelCall): Traced {
  const { tracer } = call;
  const { graph } = tracer;
  const images = inputOf(call, "images");
  const [height, width] = attributeOf<[number, number]>(call, "size");
  const { alignCorners, halfPixelCenters } = ruleOf(call);
  const shape = images.shape.with(1, height).with(2, width);
  if (images.kind === "uniform") return tracer.uniform(shape, "float32", images.value);
  const order = imageOrder(4);
  const mode = alignCorners ? "align_corners" : halfPixelCenters ? "half_pixel" : "asymmetric";
  const image = tracer.castEdge(tracer.fullEdgeIn(images, order), "float32");
  const edge = graph.node(
    "Resize",
    [image, ABSENT, ABSENT, graph.integers(physical(shape, order))],
    { type: "float32", shape: physical(shape, order) },
    { mode: "linear", coordinate_transformation_mode: mode },
  );
  return tracer.stored(edge, shape, order);
}

/** Each pixel is a copy of one: picked by its number, so that no device rounds a place in its own way. */
function resizeNearestNeighbor(call: KernelCall): Traced {
  const images = inputOf(call, "images");
  const size = attributeOf<[number, number]>(call, "size");
  return size.reduce<Traced>((x, length, index) => {
    const places = nearestPlaces(x.shape[index + 1]!, length, ruleOf(call));
    return pickAlong(call.tracer, x, index + 1, places);
  }, images);
}

export const resizeLowerings: Readonly<Record<string, Lowering>> = {
  ResizeBilinear: resizeBilinear,
  ResizeNearestNeighbor: resizeNearestNeighbor,
};
