package org.defconfiji.diagnose;

import java.awt.Component;
import java.awt.GridLayout;
import java.util.List;
import java.util.function.Consumer;
import javax.swing.JComboBox;
import javax.swing.JLabel;
import javax.swing.JOptionPane;
import javax.swing.JPanel;
import javax.swing.JTextField;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.daemon.DeviceChoice;
import org.defconfiji.daemon.Program;
import org.defconfiji.daemon.Surroundings;
import org.defconfiji.daemon.UserSettings;
import org.defconfiji.ui.Messages;
import org.defconfiji.ui.Work;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.ModelInfo;

/** Asks for the default model, the device and the command of the program. */
final class UserSettingsDialog {
  /** The settings before the user changes them. */
  private static final class Present {
    final String command;
    final String device;
    final String found;
    final String[] models;
    final String chosen;

    Present(String command, String device, String found, String[] models, String chosen) {
      this.command = command;
      this.device = device;
      this.found = found;
      this.models = models;
      this.chosen = chosen;
    }
  }

  private final Component over;
  private final Surroundings surroundings;
  private final Consumer<String> onChange;

  private UserSettingsDialog(Component over, Surroundings surroundings, Consumer<String> onChange) {
    this.over = over;
    this.surroundings = surroundings;
    this.onChange = onChange;
  }

  /**
   * Reads the present settings and then opens the dialog.
   *
   * @param onChange called after settings were changed, with the device if it was changed, else with an
   *     empty text
   */
  static void open(Component over, Surroundings surroundings, Consumer<String> onChange) {
    UserSettingsDialog dialog = new UserSettingsDialog(over, surroundings, onChange);
    Work.begin("settings", dialog::present, dialog::ask, problem -> Messages.error(over, problem));
  }

  private Present present() throws Exception {
    UserSettings settings = new UserSettings(surroundings);
    String command = settings.command();
    String device = settings.device();
    String found = new Program(surroundings).describe();
    try (Connection connection = new Daemon(surroundings).connectIfRunning()) {
      if (connection == null) return new Present(command, device, found, new String[0], "");
      List<ModelInfo> models = connection.models();
      String[] names = new String[models.size()];
      String chosen = "";
      for (int i = 0; i < names.length; i++) {
        names[i] = models.get(i).name();
        if (models.get(i).isDefault()) chosen = names[i];
      }
      return new Present(command, device, found, names, chosen);
    }
  }

  private void ask(Present present) {
    JTextField command = new JTextField(present.command, 36);
    JComboBox<String> model = new JComboBox<>(present.models);
    model.setSelectedItem(present.chosen);
    JPanel panel = new JPanel(new GridLayout(0, 1, 4, 2));
    panel.add(new JLabel("Default model" + (present.models.length == 0 ? " (start the daemon to choose one)" : "")));
    model.setEnabled(present.models.length > 0);
    panel.add(model);
    JComboBox<String> device = new JComboBox<>(DeviceChoice.names());
    device.setSelectedItem(present.device);
    panel.add(new JLabel("Device: where daemons that are started from now on count"));
    panel.add(device);
    panel.add(new JLabel("Program defcon-fiji: a path or a command line; empty to search for it"));
    panel.add(command);
    panel.add(new JLabel("Now used: " + present.found));
    panel.add(new JLabel("Models, settings and logs are in " + surroundings.defconHome()));
    int answer =
        JOptionPane.showConfirmDialog(
            over, panel, "DEFCoN settings", JOptionPane.OK_CANCEL_OPTION, JOptionPane.PLAIN_MESSAGE);
    if (answer != JOptionPane.OK_OPTION) return;
    String wanted = command.getText().trim();
    Object chosen = model.getSelectedItem();
    String place = String.valueOf(device.getSelectedItem());
    boolean moved = !place.equals(present.device);
    Work.begin("settings", () -> {
      if (!wanted.equals(present.command)) new UserSettings(surroundings).setCommand(wanted);
      if (moved) new UserSettings(surroundings).setDevice(place);
      if (chosen != null && !chosen.equals(present.chosen)) setDefault(chosen.toString());
      return moved ? place : "";
    }, onChange, problem -> Messages.error(over, problem));
  }

  private void setDefault(String model) throws Exception {
    try (Connection connection = new Daemon(surroundings).connect()) {
      connection.library().setDefault(model);
    }
  }
}
