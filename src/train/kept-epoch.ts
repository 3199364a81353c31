/**
 * Whether an epoch that is over takes the place of the one whose parameters are kept so far: the one
 * with the lowest validation loss is kept, or the last one where a stage does not end early. In such a
 * stage no sample comes twice and nothing is learnt by heart; its last epoch has seen most, at the
 * lowest learning rate, while a lower loss on a thousand samples may be chance.
 * @param lowest validation loss of the stage's epochs before
 */
export function isKept(validationLoss: number, lowest: number, endsEarly: boolean): boolean {
  return !endsEarly || validationLoss < lowest;
}

/** The validation loss of the epoch that a stage keeps. @param losses of its epochs, in their order */
export function keptLoss(losses: readonly number[], endsEarly: boolean): number {
  return losses.reduce(
    (kept, loss) => (isKept(loss, kept, endsEarly) ? loss : kept),
    Number.POSITIVE_INFINITY,
  );
}
