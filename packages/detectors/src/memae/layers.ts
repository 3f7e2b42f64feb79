// The tables of layers of MemAE, over windows of frames and over pictures.
import { COLOURS, FIRST_LAYER, type Layer } from "../layers/layer.ts";

/** Every layer runs on the output of the one before; the memory stands between encoder and decoder. */
export interface Autoencoder {
  readonly encoder: readonly Layer[];
  readonly decoder: readonly Layer[];
}

export function layersOf({ encoder, decoder }: Autoencoder): readonly Layer[] {
  return [...encoder, ...decoder];
}

/** Channels of the queries. */
export function queryChannels({ encoder }: Autoencoder): number {
  return encoder.at(-1)!.outputs;
}

const hidden = { hasBatchNorm: true, activation: "leakyRelu" } as const;
const last = { hasBatchNorm: false, activation: "none" } as const;

/**
 * The video model: four convolutions over time and space that halve the frame and, but for the first, the time; and their
 * mirror. At the published width of 96 and with 2000 items 6,492,801 trained numbers, as the published code counts.
 *
 * @param width channels of the first layer, a multiple of 3; the others have 4/3 and 8/3 as many
 */
export function videoLayers(width: number): Autoencoder {
  const layer = (
    kind: Layer["kind"],
    name: string,
    inputs: number,
    outputs: number,
    timeStride: 1 | 2,
  ): Layer => ({ name, kind, inputs, outputs, timeStride, ...hidden });
  const [middle, deep] = [(4 * width) / 3, (8 * width) / 3];
  return {
    encoder: [
      layer("down", "down1", 1, width, 1),
      layer("down", "down2", width, middle, 2),
      layer("down", "down3", middle, deep, 2),
      layer("down", "down4", deep, deep, 2),
    ],
    decoder: [
      layer("up", "up4", deep, deep, 2),
      layer("up", "up3", deep, middle, 2),
      layer("up", "up2", middle, width, 2),
      { ...layer("up", "up1", width, 1, 1), ...last },
    ],
  };
}

/**
 * The model of single pictures, after the paper's for CIFAR-10: four convolutions that halve the picture, and their mirror.
 * No code of it was published: the activations are those of the video model.
 *
 * @param width channels of the first layer, published: 64; the deepest has four times as many
 */
export function imageLayers(width: number): Autoencoder {
  const layer = (kind: Layer["kind"], name: string, inputs: number, outputs: number): Layer => ({
    ...{ name, kind, inputs: inputs * width, outputs: outputs * width, ...hidden },
  });
  return {
    encoder: [
      { ...layer("down", FIRST_LAYER, 1, 1), inputs: COLOURS },
      layer("down", "conv2.1", 1, 2),
      layer("down", "conv3.1", 2, 2),
      layer("down", "conv4.1", 2, 4),
    ],
    decoder: [
      layer("up", "up4", 4, 2),
      layer("up", "up3", 2, 2),
      layer("up", "up2", 2, 1),
      { ...layer("up", "up1", 1, 1), outputs: COLOURS, ...last },
    ],
  };
}
