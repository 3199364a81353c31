package org.defconfiji.micromanager;

import java.awt.BorderLayout;
import java.awt.Frame;
import javax.swing.BorderFactory;
import javax.swing.JCheckBox;
import javax.swing.JFrame;
import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.JTextField;
import javax.swing.Timer;
import org.micromanager.PropertyMap;
import org.micromanager.Studio;
import org.micromanager.data.ProcessorConfigurator;

/** The window of the processor's settings, which shows the newest count too. */
final class CountConfigurator implements ProcessorConfigurator {
  private static final int REFRESH_MS = 200;

  private final NewestCount newest;
  private final Studio studio;
  private CountSettings settings;
  private JFrame window;

  /** @param studio told when the settings change */
  CountConfigurator(CountSettings settings, NewestCount newest, Studio studio) {
    this.settings = settings;
    this.newest = newest;
    this.studio = studio;
  }

  @Override
  public void showGUI() {
    if (window == null) window = build();
    window.setVisible(true);
    window.setExtendedState(Frame.NORMAL);
    window.toFront();
  }

  @Override
  public void cleanup() {
    if (window != null) window.dispose();
    window = null;
  }

  @Override
  public PropertyMap getSettings() {
    return settings.asMap();
  }

  private JFrame build() {
    JTextField model = new JTextField(settings.model(), 16);
    JCheckBox local = new JCheckBox("Max local count too", settings.maxLocalCount());
    Runnable changed = () -> change(new CountSettings(model.getText().trim(), local.isSelected()));
    model.addActionListener(event -> changed.run());
    model.addFocusListener(
        new java.awt.event.FocusAdapter() {
          @Override
          public void focusLost(java.awt.event.FocusEvent event) {
            changed.run();
          }
        });
    local.addActionListener(event -> changed.run());
    JPanel row = new JPanel(new BorderLayout(8, 0));
    row.add(new JLabel("Model (empty: the default)"), BorderLayout.WEST);
    row.add(model);
    JLabel shown = new JLabel(newest.words());
    JPanel panel = new JPanel(new BorderLayout(0, 8));
    panel.setBorder(BorderFactory.createEmptyBorder(12, 12, 12, 12));
    panel.add(row, BorderLayout.NORTH);
    panel.add(local);
    panel.add(shown, BorderLayout.SOUTH);
    Timer timer = new Timer(REFRESH_MS, event -> shown.setText(newest.words()));
    JFrame frame = new JFrame(CountPlugin.NAME) {
      @Override
      public void dispose() {
        timer.stop();
        super.dispose();
      }
    };
    frame.add(panel);
    frame.pack();
    timer.start();
    return frame;
  }

  private void change(CountSettings chosen) {
    boolean same =
        chosen.model().equals(settings.model()) && chosen.maxLocalCount() == settings.maxLocalCount();
    if (same) return;
    settings = chosen;
    // Micro-Manager then makes new processors, with these settings.
    studio.data().notifyPipelineChanged();
  }
}
