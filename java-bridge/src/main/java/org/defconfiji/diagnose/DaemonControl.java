package org.defconfiji.diagnose;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.daemon.DeviceChoice;
import org.defconfiji.daemon.UserSettings;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.ConnectionLostException;
import org.defconfiji.wire.WireException;

/** Starts and stops the daemon and reads its log. Every method waits. */
final class DaemonControl {
  private static final int LAST_CHARACTERS = 200_000;
  private static final int STOP_TIMEOUT_MS = 40_000;
  private static final int POLL_MS = 200;

  private final Daemon daemon;
  private final UserSettings settings;

  DaemonControl(Daemon daemon, UserSettings settings) {
    this.daemon = daemon;
    this.settings = settings;
  }

  /** The state of the daemon in a few words. */
  String state() throws WireException {
    try (Connection connection = daemon.connectIfRunning()) {
      return connection == null ? "not running" : "version " + connection.serverVersion() + ", " + connection.engine();
    }
  }

  /**
   * Says that the daemon that runs counts on another device than the settings name.
   *
   * @return a sentence, or an empty text if none runs or it counts there
   */
  String deviceDifference() throws WireException, IOException {
    try (Connection connection = daemon.connectIfRunning()) {
      return connection == null ? "" : DeviceChoice.difference(settings.device(), connection.engine());
    }
  }

  void start() throws WireException {
    daemon.connect().close();
  }

  /**
   * Stops the daemon and waits until it is gone.
   *
   * @return whether a daemon was running
   */
  boolean stop() throws WireException, InterruptedException {
    try (Connection connection = daemon.connectIfRunning()) {
      if (connection == null) return false;
      connection.stopDaemon();
    } catch (ConnectionLostException gone) {
      return true;
    }
    long deadline = System.nanoTime() + STOP_TIMEOUT_MS * 1_000_000L;
    while (runs() && System.nanoTime() < deadline) Thread.sleep(POLL_MS);
    return true;
  }

  private boolean runs() {
    try (Connection connection = daemon.connectIfRunning()) {
      return connection != null;
    } catch (WireException stopping) {
      return true;
    }
  }

  Path logFile() {
    return daemon.log();
  }

  /** The end of the log of a daemon that the plugin started. */
  String log() throws IOException {
    Path log = daemon.log();
    if (!Files.exists(log)) return "This plugin has not started a daemon yet: " + log + " does not exist.";
    String text = new String(Files.readAllBytes(log), Charset.defaultCharset());
    return text.substring(Math.max(0, text.length() - LAST_CHARACTERS));
  }
}
