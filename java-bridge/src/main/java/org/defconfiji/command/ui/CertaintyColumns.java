package org.defconfiji.command.ui;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.defconfiji.command.count.CountedFrame;
import org.defconfiji.wire.Certainty;

/**
 * The columns of the Results table that say how far counts can be trusted.
 *
 * <p>A model that does not estimate errors adds no columns.
 */
public final class CertaintyColumns {
  private static final String AWAY = "Away from spots";
  private static final String UNLIKE = "Unlike training";

  private final String title;
  private final ToDoubleFunction<Certainty> error;
  private final boolean known;

  private CertaintyColumns(String title, ToDoubleFunction<Certainty> error, boolean known) {
    this.title = title;
    this.error = error;
    this.known = known;
  }

  /** The columns for counts. */
  public static CertaintyColumns ofCounts(List<CountedFrame> counted) {
    return new CertaintyColumns("Count error", Certainty::countError, isKnown(counted));
  }

  /** The columns for max local counts. */
  public static CertaintyColumns ofMaxLocalCounts(List<CountedFrame> counted) {
    return new CertaintyColumns("Max local count error", Certainty::maxLocalCountError, isKnown(counted));
  }

  private static boolean isKnown(List<CountedFrame> counted) {
    return counted.stream().anyMatch(frame -> frame.certainty().isKnown());
  }

  /** Fills the cells of the last row. */
  public void fill(CountTable table, CountedFrame frame) {
    if (!known) return;
    Certainty certainty = frame.certainty();
    table.set(title, error.applyAsDouble(certainty));
    table.set(AWAY, certainty.away());
    table.set(UNLIKE, certainty.unlike());
  }
}
