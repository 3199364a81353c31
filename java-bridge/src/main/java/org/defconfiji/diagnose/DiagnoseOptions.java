package org.defconfiji.diagnose;

import org.defconfiji.daemon.DeviceChoice;
import org.defconfiji.options.Option;
import org.defconfiji.options.OptionTable;

/** The options of "Diagnose..." in macros. Without any of them its window opens. */
public final class DiagnoseOptions {
  static final Option DEVICE =
      Option.choice(
          "Device",
          "",
          "where daemons that the plugin starts from now on count",
          DeviceChoice.names());
  static final Option SAVE = Option.file("Save report", "a text file for the report");
  static final Option START = Option.flag("Start daemon", "starts the daemon, if none runs");
  static final Option STOP = Option.flag("Stop daemon", "stops the daemon, if one runs");

  public static final OptionTable TABLE = new OptionTable("Diagnose...", DEVICE, STOP, START, SAVE);

  private DiagnoseOptions() {}
}
