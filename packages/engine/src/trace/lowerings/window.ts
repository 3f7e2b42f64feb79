// Where the windows of convolutions and pools lie, axis by axis of space, whatever the number of axes.
import { backend_util } from "@tensorflow/tfjs";
import { attributeOf, type KernelAttributes, unsupported } from "../lowering.ts";

/** Lists are per axis of space: height and width, or depth, height and width. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** padding in front of the first and behind the last pixel */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** [batch, ...space, channels] */
  readonly outShape: readonly number[];
}

type Info = backend_util.Conv2DInfo | backend_util.Conv3DInfo;
type Shape4 = [number, number, number, number];
type Shape5 = [number, number, number, number, number];

export function convWindow(
  call: KernelAttributes,
  inputShape: readonly number[],
  filterShape: readonly number[],
  isDepthwise = false,
): Window {
  const format = attributeOf<string | undefined>(call, "dataFormat") ?? "NHWC";
  if (format !== "NHWC" && format !== "NDHWC")
    throw unsupported(call.kernel, `its data format is ${format}, expected channels last`);
  if (inputShape.at(-1) !== filterShape.at(-2)) throw unsupported(call.kernel, "grouped convolution");
  const strides = attributeOf<number>(call, "strides");
  const dilations = attributeOf<number | undefined>(call, "dilations") ?? 1;
  const pad = attributeOf<"same">(call, "pad");
  const info =
    inputShape.length === 4
      ? backend_util.computeConv2DInfo(
          inputShape as Shape4,
          filterShape as Shape4,
          strides,
          dilations,
          pad,
          undefined,
          isDepthwise,
        )
      : backend_util.computeConv3DInfo(inputShape as Shape5, filterShape as Shape5, strides, dilations, pad);
  return windowOf(call, info);
}

export function poolWindow(call: KernelAttributes, inputShape: readonly number[]): Window {
  const size = attributeOf<number>(call, "filterSize");
  const strides = attributeOf<number>(call, "strides");
  const pad = attributeOf<"same">(call, "pad");
  const info =
    inputShape.length === 4
      ? backend_util.computePool2DInfo(inputShape as Shape4, size, strides, 1, pad)
      : backend_util.computePool3DInfo(inputShape as Shape5, size, strides, 1, pad);
  return windowOf(call, info);
}

function windowOf(call: KernelAttributes, info: Info): Window {
  const plane = {
    kernel: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    before: [info.padInfo.top, info.padInfo.left],
    after: [info.padInfo.bottom, info.padInfo.right],
  };
  const axes = isVolume(info)
    ? {
        kernel: [info.filterDepth, ...plane.kernel],
        strides: [info.strideDepth, ...plane.strides],
        dilations: [info.dilationDepth, ...plane.dilations],
        before: [info.padInfo.front, ...plane.before],
        after: [info.padInfo.back, ...plane.after],
      }
    : plane;
  const window = { ...axes, outShape: info.outShape };
  checkWindow(call, window, spaceOf(info.inShape));
  return window;
}

function isVolume(info: Info): info is backend_util.Conv3DInfo {
  return "inDepth" in info;
}

/**
 * TensorFlow.js 4.22 gets two cases wrong, which are refused: in 2-D one number for a padding with a kernel or strides
 * that are not square, where it takes the heights for the widths (a padding written per side is right), and in 3-D
 * "same" with strides longer than the kernel. Sizes rounded up have no gradient there.
 */
function checkWindow(call: KernelAttributes, window: Window, space: readonly number[]): void {
  const rounding = attributeOf<string | undefined>(call, "dimRoundingMode") ?? "floor";
  if (rounding !== "floor") throw unsupported(call.kernel, `dimRoundingMode is ${rounding}`);
  const { kernel, strides, before, after } = window;
  const rim = uncoveredRim(window, space);
  const isRight = rim.every(
    (length, axis) => before[axis]! >= 0 && after[axis]! >= 0 && length >= 0 && length < strides[axis]!,
  );
  if (isRight) return;
  const [lengths, kernels, steps] = [space, kernel, strides].map((axes) => axes.join("×"));
  const reason = `TensorFlow.js misplaces its windows (input ${lengths}, kernel ${kernels}, strides ${steps})`;
  throw unsupported(call.kernel, reason);
}

/** Per axis, how much of the padded input's end no window reaches, because the stride skips it. */
export function uncoveredRim(window: Window, space: readonly number[]): number[] {
  const { kernel, strides, dilations, before, after, outShape } = window;
  return spaceOf(outShape).map((length, axis) => {
    const reach = (length - 1) * strides[axis]! + (kernel[axis]! - 1) * dilations[axis]! + 1;
    return before[axis]! + space[axis]! + after[axis]! - reach;
  });
}

export function spaceOf(shape: readonly number[]): readonly number[] {
  return shape.slice(1, -1);
}

/** As attributes of an ONNX node. */
export function windowAttributes({ kernel, strides, dilations, before, after }: Window) {
  return { strides, dilations, kernel_shape: kernel, pads: [...before, ...after] };
}

export function isPlain({ strides, dilations }: Window): boolean {
  return [...strides, ...dilations].every((step) => step === 1);
}

/**
 * The window that the output is seen through from the pixels of an input of `inputShape`, at stride 1; its taps run
 * backwards. Its padding is negative where the window's exceeds the kernel: such a border saw nothing.
 */
export function mirrored(window: Window, inputShape: readonly number[]): Window {
  const mirror = (pads: readonly number[]) => pads.map((pad, axis) => window.kernel[axis]! - 1 - pad);
  return { ...window, before: mirror(window.before), after: mirror(window.after), outShape: inputShape };
}
