package org.defconfiji.command.count;

import ij.process.FloatProcessor;
import java.awt.Rectangle;
import org.defconfiji.predict.LocalCounts;
import org.defconfiji.predict.NoLocalCountMapException;
import org.defconfiji.wire.Certainty;
import org.defconfiji.wire.Prediction;

/** The result of one frame, inside the selection. */
public final class CountedFrame {
  private final double count;
  private final double maxLocalCount;
  private final float[] density;
  private final Certainty certainty;

  private CountedFrame(double count, double maxLocalCount, float[] density, Certainty certainty) {
    this.count = count;
    this.maxLocalCount = maxLocalCount;
    this.density = density;
    this.certainty = certainty;
  }

  /**
   * Takes the part of a prediction that lies inside the selection.
   *
   * @param pool side of the max local count's square, pixels; 0 if it is not wanted
   * @throws NoLocalCountMapException the square is larger than the selection
   */
  static CountedFrame of(Prediction prediction, Selection selection, int pool) throws NoLocalCountMapException {
    float[] density = prediction.density();
    Certainty certainty = prediction.certainty();
    if (!selection.masked())
      return new CountedFrame(prediction.count(), prediction.maxLocalCount(), density, certainty);
    selection.clearOutside(density);
    double count = 0;
    for (float value : density) count += value;
    Rectangle area = selection.area();
    double largest = pool == 0 ? 0 : LocalCounts.maximum(new FloatProcessor(area.width, area.height, density), pool);
    return new CountedFrame(count, largest, density, certainty.withoutNumbers());
  }

  /** The number of molecules. */
  public double count() {
    return count;
  }

  /** Most molecules in any square. */
  public double maxLocalCount() {
    return maxLocalCount;
  }

  /**
   * Molecules per pixel, row by row from the top left. Empty if it was not requested. Not a copy.
   */
  public float[] density() {
    return density;
  }

  /**
   * How far the counts can be trusted. For a selection that is not a rectangle there are no
   * numbers.
   */
  public Certainty certainty() {
    return certainty;
  }
}
