package org.defconfiji.live.count;

/** The watched values of the last frames and the errors that are to be expected of them. Safe for several threads. */
public final class History {
  private final Recent values;
  private final Recent errors;

  /** @param most how many are kept */
  History(int most) {
    values = new Recent(most);
    errors = new Recent(most);
  }

  /** @param error NaN: not known */
  synchronized void add(double value, double error) {
    values.add(value);
    errors.add(error);
  }

  /** As it is now, oldest first. */
  synchronized Points points() {
    return new Points(values.inOrder(), errors.inOrder());
  }

  /** Values, and the band that they are to be expected in. */
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

    /** The band's lower edge: not below 0 for a value that is not; NaN where the error is not known. */
    public double lower(int i) {
      return Math.max(Math.min(0, values[i]), values[i] - errors[i]);
    }

    /** The band's upper edge; NaN where the error is not known. */
    public double upper(int i) {
      return values[i] + errors[i];
    }

    /** All upper edges. */
    public double[] uppers() {
      double[] edges = new double[values.length];
      for (int i = 0; i < edges.length; i++) edges[i] = upper(i);
      return edges;
    }
  }
}
