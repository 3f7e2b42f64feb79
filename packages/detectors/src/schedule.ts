// The learning rate of each epoch.

/**
 * Cosine annealing per epoch, as torch's CosineAnnealingLR without restarts: initial · (1 + cos(π·epoch/epochs)) / 2.
 *
 * @param epoch 0-based, 0 ≤ epoch < epochs
 * @returns the initial rate in epoch 0, positive in every epoch
 */
export function cosineLearningRate(initial: number, epoch: number, epochs: number): number {
  return (initial * (1 + Math.cos((Math.PI * epoch) / epochs))) / 2;
}
