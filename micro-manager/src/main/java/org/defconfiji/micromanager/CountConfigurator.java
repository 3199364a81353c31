package org.defconfiji.micromanager;

import java.awt.BorderLayout;
import java.awt.Component;
import java.awt.Frame;
import java.awt.GridLayout;
import java.util.EnumMap;
import java.util.Map;
import javax.swing.BorderFactory;
import javax.swing.JButton;
import javax.swing.JCheckBox;
import javax.swing.JComboBox;
import javax.swing.JFrame;
import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.JTextField;
import javax.swing.Timer;
import org.defconfiji.control.ControlMode;
import org.defconfiji.control.ControlNumber;
import org.defconfiji.control.ControlSettings;
import org.defconfiji.control.Quantity;
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
    if (window == null) window = new Window();
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

  /** The form. Its fields take effect with Apply. */
  private final class Window extends JFrame {
    private final JPanel form = new JPanel(new GridLayout(0, 2, 8, 4));
    private final JTextField model = row("Model (empty: the default)", new JTextField(settings.model(), 14));
    private final JCheckBox local = row("Max local count", new JCheckBox("", settings.maxLocalCount()));
    private final JCheckBox steer = row("Steer light", new JCheckBox("", settings.light().on));
    private final JTextField device = row("Device", new JTextField(settings.light().device));
    private final JTextField property = row("Property", new JTextField(settings.light().property));
    private final JComboBox<ControlMode> mode = row("Mode", new JComboBox<>(ControlMode.values()));
    private final JComboBox<Quantity> quantity = row("Steer by", new JComboBox<>(Quantity.values()));
    private final Map<ControlNumber, JTextField> numbers = new EnumMap<>(ControlNumber.class);
    private final JLabel shown = new JLabel(" ");
    private final Timer timer = new Timer(REFRESH_MS, event -> shown.setText(newest.words()));
    private String wrong = "";

    Window() {
      super(CountPlugin.NAME);
      mode.setSelectedItem(settings.light().mode);
      quantity.setSelectedItem(settings.light().quantity);
      for (ControlNumber number : ControlNumber.values()) {
        double value = settings.light().numbers.getOrDefault(number, number.usual());
        String text = Double.isNaN(value) ? "" : Double.toString(value);
        numbers.put(number, row(number.title(), new JTextField(text)));
      }
      JButton apply = new JButton("Apply");
      apply.addActionListener(event -> apply());
      JPanel below = new JPanel(new BorderLayout(8, 8));
      below.add(shown);
      below.add(apply, BorderLayout.EAST);
      JPanel panel = new JPanel(new BorderLayout(0, 8));
      panel.setBorder(BorderFactory.createEmptyBorder(12, 12, 12, 12));
      panel.add(form);
      panel.add(below, BorderLayout.SOUTH);
      add(panel);
      pack();
      timer.start();
    }

    @Override
    public void dispose() {
      timer.stop();
      super.dispose();
    }

    private <C extends Component> C row(String title, C field) {
      form.add(new JLabel(title));
      form.add(field);
      return field;
    }

    private void apply() {
      Map<ControlNumber, Double> given = new EnumMap<>(ControlNumber.class);
      try {
        for (Map.Entry<ControlNumber, JTextField> field : numbers.entrySet()) {
          String text = field.getValue().getText().trim();
          wrong = field.getKey().title();
          if (!text.isEmpty()) given.put(field.getKey(), Double.valueOf(text));
        }
        LightSettings light =
            new LightSettings(
                steer.isSelected(),
                (ControlMode) mode.getSelectedItem(),
                (Quantity) quantity.getSelectedItem(),
                given,
                device.getText().trim(),
                property.getText().trim());
        if (light.on) light.settings();
        settings = new CountSettings(model.getText().trim(), local.isSelected(), light);
        // Micro-Manager then makes new processors, with these settings.
        studio.data().notifyPipelineChanged();
      } catch (NumberFormatException noNumber) {
        newest.failed(wrong + " must be a number.");
      } catch (ControlSettings.ControlException impossible) {
        newest.failed(impossible.getMessage());
      }
    }
  }
}
