package org.defconfiji.live.ui;

import java.awt.BorderLayout;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.GridBagConstraints;
import java.awt.GridBagLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.JScrollPane;
import javax.swing.JTable;
import javax.swing.table.DefaultTableModel;
import org.defconfiji.live.LiveCount;
import org.defconfiji.live.count.LiveLog;
import org.defconfiji.live.count.LiveSession;
import org.defconfiji.live.count.LiveStatistics;

/** Shows the image, the speed, the log and the counts inside selections. */
final class FactsPanel extends JPanel {
  private static final String[] NAMES = {"Image", "Rate", "Latency", "Skipped", "Log"};
  private static final int ROI_ROWS = 3;

  private final Map<String, JLabel> values = new LinkedHashMap<>();
  private final DefaultTableModel rois = new DefaultTableModel(new Object[] {"Selection", "Count"}, 0) {
    @Override
    public boolean isCellEditable(int row, int column) {
      return false;
    }
  };

  FactsPanel(Font font) {
    super(new BorderLayout(font.getSize() / 2, font.getSize() / 2));
    JPanel facts = new JPanel(new GridBagLayout());
    GridBagConstraints place = new GridBagConstraints();
    for (String name : NAMES) {
      place.gridx = 0;
      place.weightx = 0;
      place.anchor = GridBagConstraints.LINE_START;
      place.fill = GridBagConstraints.NONE;
      JLabel key = new JLabel(name + "   ");
      key.setFont(font);
      facts.add(key, place);
      place.gridx = 1;
      place.weightx = 1;
      place.fill = GridBagConstraints.HORIZONTAL;
      JLabel value = new JLabel("-");
      value.setFont(font);
      // A long title is cut off and does not make the window wider.
      value.setPreferredSize(new Dimension(1, key.getPreferredSize().height));
      facts.add(value, place);
      values.put(name, value);
    }
    add(facts, BorderLayout.CENTER);
    add(table(font), BorderLayout.SOUTH);
  }

  private JScrollPane table(Font font) {
    JTable table = new JTable(rois);
    table.setFont(font);
    table.getTableHeader().setFont(font);
    FontMetrics metrics = table.getFontMetrics(font);
    table.setRowHeight(metrics.getHeight() + metrics.getDescent());
    table.setPreferredScrollableViewportSize(new Dimension(1, table.getRowHeight() * ROI_ROWS));
    table.setFocusable(false);
    return new JScrollPane(table);
  }

  /** @param latest null before the first count */
  void show(LiveSession session, LiveCount latest) {
    LiveStatistics statistics = session.statistics();
    long now = System.nanoTime();
    put("Image", latest == null ? "-" : latest.image() + ", slice " + latest.slice() + ", "
        + latest.width() + " x " + latest.height());
    put("Rate", LiveWindow.number("%.1f", statistics.countedRate(now)) + " frames/s counted, "
        + LiveWindow.number("%.1f", statistics.seenRate(now)) + " received");
    put("Latency", LiveWindow.number("%.1f ms", statistics.latencyMs()) + " (median), "
        + LiveWindow.number("%.1f ms", statistics.engineMs()) + " of it in the engine");
    long counted = statistics.results();
    long skipped = statistics.skipped();
    put("Skipped", skipped + " of " + (counted + skipped) + " frames");
    LiveLog log = session.log();
    put("Log", log == null ? "off" : log.rows() + " rows in " + log.file().getFileName());
    values.get("Log").setToolTipText(log == null ? null : log.file().toString());
    showRois(latest);
  }

  private void put(String name, String value) {
    JLabel label = values.get(name);
    if (value.equals(label.getText())) return;
    label.setText(value);
    label.setToolTipText(value);
  }

  private void showRois(LiveCount latest) {
    int row = 0;
    if (latest != null)
      for (Map.Entry<String, Double> roi : latest.rois().entrySet()) {
        if (row == rois.getRowCount()) rois.addRow(new Object[] {"", ""});
        set(row, 0, roi.getKey());
        set(row, 1, LiveWindow.number("%.2f", roi.getValue()));
        row++;
      }
    if (rois.getRowCount() > row) rois.setRowCount(row);
  }

  private void set(int row, int column, String text) {
    if (!text.equals(rois.getValueAt(row, column))) rois.setValueAt(text, row, column);
  }
}
