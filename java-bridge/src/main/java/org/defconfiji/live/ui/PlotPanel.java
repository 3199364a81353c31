package org.defconfiji.live.ui;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.FontMetrics;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Stroke;
import java.awt.geom.Path2D;
import java.util.Locale;
import javax.swing.JComponent;
import org.defconfiji.live.count.History;

/** Plots the watched values of the last frames, the band of expected errors and the thresholds. */
final class PlotPanel extends JComponent {
  private static final int COLUMNS = 48;
  private static final Color GRID = new Color(0xdddddd);
  private static final Color LINE = new Color(0x31688e);
  private static final Color BAND = new Color(0x31, 0x68, 0x8e, 60);
  private static final Stroke DASHED =
      new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {6, 4}, 0);

  private String title = "";
  private History.Points history = History.Points.NONE;
  private int points = 2;
  private double low = Double.NaN;
  private double high = Double.NaN;
  private double setPoint = Double.NaN;
  private final int lines;

  /** @param lines the height of the plot, in lines of text */
  PlotPanel(int lines) {
    this.lines = lines;
  }

  /** @param points the width of the plot: the most values that are shown */
  void setUp(String title, int points, double low, double high) {
    this.title = title;
    this.points = points;
    this.low = low;
    this.high = high;
  }

  /** Shows the set point of a control. @param value NaN for none */
  void aim(double value) {
    setPoint = value;
  }

  void show(History.Points history) {
    this.history = history;
    repaint();
  }

  @Override
  public Dimension getPreferredSize() {
    FontMetrics font = getFontMetrics(getFont());
    return new Dimension(font.charWidth('0') * COLUMNS, font.getHeight() * lines);
  }

  @Override
  public Dimension getMinimumSize() {
    Dimension preferred = getPreferredSize();
    return new Dimension(preferred.width / 2, preferred.height / 2);
  }

  @Override
  protected void paintComponent(Graphics graphics) {
    Graphics2D g = (Graphics2D) graphics.create();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, getWidth(), getHeight());
    g.setFont(getFont());
    new Painter(g, PlotScale.of(history.values(), history.uppers(), new double[] {low, high, setPoint})).paint();
    g.dispose();
  }

  /** Paints once. The font and the scale determine all positions. */
  private final class Painter {
    private final Graphics2D g;
    private final PlotScale scale;
    private final FontMetrics font;
    private final int left;
    private final int right;
    private final int top;
    private final int bottom;

    Painter(Graphics2D g, PlotScale scale) {
      this.g = g;
      this.scale = scale;
      this.font = g.getFontMetrics();
      int widest = Math.max(font.stringWidth(label(scale.to)), font.stringWidth(label(scale.from)));
      this.left = widest + font.getHeight();
      this.right = getWidth() - font.getHeight() / 2;
      this.top = font.getHeight() * 3 / 2;
      this.bottom = getHeight() - font.getHeight() * 3 / 2;
    }

    void paint() {
      grid();
      band();
      line();
      threshold(low, new Color(0x0b57d0), "low");
      threshold(high, new Color(0xb3261e), "high");
      threshold(setPoint, new Color(0x1b6e3c), "set point");
      g.setColor(Color.BLACK);
      g.drawString(title, left, font.getAscent() + font.getHeight() / 4);
      String frames = "last " + points + " frames";
      g.drawString(frames, right - font.stringWidth(frames), getHeight() - font.getDescent() - font.getHeight() / 4);
    }

    private void grid() {
      int ticks = (int) Math.round((scale.to - scale.from) / scale.step);
      for (int tick = 0; tick <= ticks; tick++) {
        double value = scale.from + tick * scale.step;
        int y = (int) y(value);
        g.setColor(GRID);
        g.drawLine(left, y, right, y);
        g.setColor(Color.DARK_GRAY);
        String label = label(value);
        g.drawString(label, left - font.stringWidth(label) - font.getHeight() / 3, y + font.getAscent() / 2 - 1);
      }
    }

    private void threshold(double value, Color colour, String name) {
      if (Double.isNaN(value)) return;
      Stroke solid = g.getStroke();
      g.setColor(colour);
      g.setStroke(DASHED);
      int y = (int) y(value);
      g.drawLine(left, y, right, y);
      g.setStroke(solid);
      int from = right - font.stringWidth(name) - font.getDescent();
      g.setColor(Color.WHITE);
      g.fillRect(from, y - font.getAscent() / 2, right - from, font.getAscent());
      g.setColor(colour);
      g.drawString(name, from + font.getDescent(), y + font.getAscent() / 2 - 1);
    }

    private void band() {
      g.setColor(BAND);
      int from = 0;
      for (int i = 0; i <= history.size(); i++) {
        boolean known = i < history.size() && !Double.isNaN(history.upper(i));
        if (known) continue;
        if (i > from) g.fill(band(from, i));
        from = i + 1;
      }
    }

    /**
     * The band of successive frames with known errors.
     *
     * @param first the first frame
     * @param last the frame after the last one
     */
    private Path2D band(int first, int last) {
      Path2D path = new Path2D.Double();
      path.moveTo(x(first), y(history.upper(first)));
      for (int i = first + 1; i < last; i++) path.lineTo(x(i), y(history.upper(i)));
      for (int i = last - 1; i >= first; i--) path.lineTo(x(i), y(history.lower(i)));
      path.closePath();
      return path;
    }

    private void line() {
      double[] values = history.values();
      if (values.length == 0) return;
      Path2D path = new Path2D.Double();
      for (int i = 0; i < values.length; i++) {
        if (i == 0) path.moveTo(x(i), y(values[i]));
        else path.lineTo(x(i), y(values[i]));
      }
      g.setColor(LINE);
      g.setStroke(new BasicStroke(1.5f));
      g.draw(path);
    }

    private double x(int i) {
      return left + (right - left) * (double) i / Math.max(1, points - 1);
    }

    private double y(double value) {
      return bottom - (bottom - top) * (value - scale.from) / (scale.to - scale.from);
    }

    private String label(double value) {
      int digits = (int) Math.max(0, -Math.floor(Math.log10(scale.step)));
      return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
  }
}
