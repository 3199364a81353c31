package org.defconfiji.live.count;

/** The watched values of the last frames and their expected errors. Thread-safe. */
public final class History {
  private final Recent values;
  private final Recent errors;

  /** @param most the number of values to keep */
  History(int most) {
    values = new Recent(most);
    errors = new Recent(most);
  }

  /**
   * Adds the value of the next frame.
   *
   * @param error its expected error; NaN if unknown
   */
  synchronized void add(double value, double error) {
    values.add(value);
    errors.add(error);
  }

  /** A copy of the present values, oldest first. */
  synchronized Points points() {
    return new Points(values.inOrder(), errors.inOrder());
  }

  /** Values and the band of their expected errors. */
  public static final class Points {
    public static final Points NONE = new Points(new double[0], new double[0]);

    private final double[] values;
    private final double[] errors;

    private Points(double[] values, double[] errors) {
      this.values = values;
      this.errors = errors;
    }

    public int size() {
      return values.length;
    }

    public double[] values() {
      return values;
    }

    /**
     * The lower edge of the band. It is not below 0 unless the value is. NaN if the error is
     * unknown.
     */
    public double lower(int i) {
      return Math.max(Math.min(0, values[i]), values[i] - errors[i]);
    }

    /** The upper edge of the band. NaN if the error is unknown. */
    public double upper(int i) {
      return values[i] + errors[i];
    }

    /** The upper edges of all values. */
    public double[] uppers() {
      double[] edges = new double[values.length];
      for (int i = 0; i < edges.length; i++) edges[i] = upper(i);
      return edges;
    }
  }
}
