package org.defconfiji.live.ui;

import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.GridLayout;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import javax.swing.BorderFactory;
import javax.swing.BoxLayout;
import javax.swing.JLabel;
import javax.swing.JPanel;
import org.defconfiji.command.ui.CertaintyText;
import org.defconfiji.live.LiveCount;
import org.defconfiji.live.ThresholdState;
import org.defconfiji.live.count.LiveSettings;
import org.defconfiji.live.count.Watch;

/**
 * Shows both counts in large digits with their expected errors.
 *
 * <p>The watched count has the colour and the words of its threshold.
 */
final class NumbersPanel extends JPanel {
  private static final float DIGITS = 3.2f;
  /** The widest number, so that the panel keeps its width. */
  private static final String WIDEST = "88888.88";
  /** An empty line, so that the panel keeps its height. */
  private static final String NOTHING = " ";
  private static final Map<ThresholdState, Color> COLOURS = new EnumMap<>(ThresholdState.class);

  static {
    COLOURS.put(ThresholdState.LOW, new Color(0x0b57d0));
    COLOURS.put(ThresholdState.NORMAL, Color.BLACK);
    COLOURS.put(ThresholdState.HIGH, new Color(0xb3261e));
  }

  private final Map<Watch, Number> numbers = new EnumMap<>(Watch.class);

  NumbersPanel(Font font) {
    super(new GridLayout(1, 0, font.getSize() / 2, 0));
    for (Watch watch : Watch.values()) {
      Number number = new Number(watch.title(), font);
      numbers.put(watch, number);
      add(number);
    }
  }

  /** @param count null before the first one */
  void show(LiveCount count, LiveSettings settings) {
    for (Map.Entry<Watch, Number> entry : numbers.entrySet()) {
      Watch watch = entry.getKey();
      boolean watched = watch == settings.watch;
      ThresholdState state = count == null || !watched ? ThresholdState.NORMAL : count.state();
      String digits = watch == Watch.COUNT ? "%.1f" : "%.2f";
      double value = count == null ? Double.NaN : watch.of(count);
      double error = count == null ? Double.NaN : watch.errorOf(count);
      String below = CertaintyText.plusMinus(digits, error) + (watch == Watch.COUNT ? away(count) : "");
      entry.getValue().show(LiveWindow.number(digits, value), below, state);
    }
  }

  private static String away(LiveCount count) {
    boolean known = count != null && !Double.isNaN(count.away());
    return known ? String.format(Locale.ROOT, ", %.0f %% away from spots", 100 * count.away()) : "";
  }

  private static final class Number extends JPanel {
    private final String title;
    private final JLabel name;
    private final JLabel digits = new JLabel("-");
    private final JLabel small = new JLabel(NOTHING);

    Number(String title, Font font) {
      this.title = title;
      this.name = new JLabel(title);
      setLayout(new BoxLayout(this, BoxLayout.Y_AXIS));
      setBackground(Color.WHITE);
      int gap = font.getSize() / 2;
      setBorder(BorderFactory.createEmptyBorder(gap, gap, gap, gap));
      name.setFont(font);
      digits.setFont(font.deriveFont(Font.BOLD, font.getSize2D() * DIGITS));
      int width = digits.getFontMetrics(digits.getFont()).stringWidth(WIDEST);
      digits.setPreferredSize(new Dimension(width, digits.getPreferredSize().height));
      small.setFont(font);
      small.setToolTipText("68 of 100 counts are off by at most this, 95 by at most twice this");
      add(name);
      add(digits);
      add(small);
    }

    void show(String value, String below, ThresholdState state) {
      digits.setText(value);
      small.setText(below.isEmpty() ? NOTHING : below);
      digits.setForeground(COLOURS.get(state));
      name.setForeground(COLOURS.get(state));
      String words = state == ThresholdState.HIGH ? ": above high" : ": below low";
      name.setText(state == ThresholdState.NORMAL ? title : title + words);
    }
  }
}
