/**
 * Whether an epoch takes the place of the one whose parameters its stage keeps so far.
 * A stage that may end early keeps the epoch with the lowest validation loss. Any other stage keeps
 * its last one: no sample comes twice, so nothing is learnt by heart, and the last epoch has seen
 * most, at the lowest learning rate. A lower loss before, on a thousand samples, may be chance.
 * @param lowest validation loss of the stage's earlier epochs
 */
export function isKept(validationLoss: number, lowest: number, endsEarly: boolean): boolean {
  return !endsEarly || validationLoss < lowest;
}

/** The validation loss of the epoch that a stage keeps. @param losses of its epochs, in order */
export function keptLoss(losses: readonly number[], endsEarly: boolean): number {
  return losses.reduce(
    (kept, loss) => (isKept(loss, kept, endsEarly) ? loss : kept),
    Number.POSITIVE_INFINITY,
  );
}
