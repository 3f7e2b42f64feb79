// The table of layers of PMB's autoencoder. The paper names none: depth, widths and kernels are ours.
import { COLOURS, FIRST_LAYER, type Layer } from "../layers/layer.ts";

/** What joins encoder and decoder at a level. */
export type Bridge = "none" | "skip" | "pmb";

/** Of the four levels, finest first. */
export type Bridges = readonly [Bridge, Bridge, Bridge, Bridge];

/** `skip,pmb,skip,pmb` → its four words. */
export function parseBridges(levels: string): Bridges {
  return levels.split(",") as unknown as Bridges;
}

/**
 * Features of each level, finest first: `width` doubles as the side halves, from half the picture's to a sixteenth.
 */
export function levelShapes(size: number, width: number): readonly { side: number; channels: number }[] {
  return [0, 1, 2, 3].map((level) => ({ side: size >> (level + 1), channels: width << level }));
}

/**
 * The layers in the order of the forward pass: one convolution a level on the way down, an upsampling and a convolution
 * a level on the way up. A level that is joined doubles the input of its convolution on the way up. The convolutions on
 * the way down end in normalization alone: what follows them, pooling and ReLU, is the network's, which takes the
 * queries in between (a ReLU would fold them into one orthant).
 */
export function pmbLayers(width: number, bridges: Bridges): readonly Layer[] {
  const layer = (
    kind: Layer["kind"],
    name: string,
    inputs: number,
    outputs: number,
    activation: Layer["activation"] = "relu",
  ): Layer => ({
    name,
    kind,
    inputs: inputs * width,
    outputs: outputs * width,
    hasBatchNorm: true,
    activation,
  });
  const down = (level: number) => layer("conv", `conv${level}.1`, 2 ** (level - 2), 2 ** (level - 1), "none");
  const up = (level: number): Layer[] => {
    const outputs = 2 ** (level - 1);
    const isJoined = bridges[level - 1] !== "none";
    return [
      layer("up", `up${level}`, 2 * outputs, outputs),
      layer("conv", `deconv${level}.1`, isJoined ? 2 * outputs : outputs, outputs),
    ];
  };
  return [
    { ...layer("conv", FIRST_LAYER, 1, 1, "none"), inputs: COLOURS },
    down(2),
    down(3),
    down(4),
    layer("conv", "deconv4.1", 8, 8),
    ...up(3),
    ...up(2),
    ...up(1),
    layer("up", "up0", 1, 1),
    { ...layer("conv", "deconv0.1", 1, 1, "tanh"), outputs: COLOURS, hasBatchNorm: false },
  ];
}
