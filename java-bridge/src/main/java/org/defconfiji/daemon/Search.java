package org.defconfiji.daemon;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.defconfiji.wire.DaemonException;
import org.defconfiji.wire.HowToInstall;
import org.defconfiji.wire.WireException;

/** Tries the places where the program may be, until one works. */
final class Search {
  private static final String ADVICE = "Install Node.js 20 or later, then run: " + HowToInstall.COMMAND;

  private final List<CommandSource> sources;
  private final String failed;

  /** @param failed the first sentence of the error if none works */
  Search(List<CommandSource> sources, String failed) {
    this.sources = sources;
    this.failed = failed;
  }

  /** Uses a command. */
  interface Use<T> {
    /**
     * Runs with a command.
     *
     * @throws DaemonException this command does not work; the next one is tried
     * @throws IOException this command does not work; the next one is tried
     */
    T of(LaunchCommand command) throws WireException, IOException;
  }

  /**
   * Uses the first command that works.
   *
   * @throws DaemonException DAEMON_START, with what was tried and what to do
   */
  <T> T first(Use<T> use) throws WireException {
    List<String> tried = new ArrayList<>();
    for (CommandSource source : sources) {
      int before = tried.size();
      LaunchCommand command = find(source, tried);
      if (command != null) {
        try {
          return use.of(command);
        } catch (IOException | DaemonException unusable) {
          tried.add(source.place() + ": " + unusable.getMessage());
        }
      }
      if (source.binding() && tried.size() > before) throw failure(tried, "Correct that setting, or remove it.");
    }
    throw failure(tried, ADVICE);
  }

  /** Describes the first command and its place, or why a setting leads to none. */
  String describe() {
    List<String> tried = new ArrayList<>();
    for (CommandSource source : sources) {
      LaunchCommand command = find(source, tried);
      if (command != null) return command + " (" + source.place() + ")";
      if (source.binding() && !tried.isEmpty()) return tried.get(0);
    }
    return "not found";
  }

  /**
   * Asks one place. A failure is added to the list of what was tried, unless a setting is absent.
   *
   * @return null if the place knows no command
   */
  private static LaunchCommand find(CommandSource source, List<String> tried) {
    try {
      LaunchCommand command = source.find();
      if (command == null && !source.binding()) tried.add(source.place() + ": nothing there");
      return command;
    } catch (DaemonException | IOException unusable) {
      tried.add(source.place() + ": " + unusable.getMessage());
      return null;
    }
  }

  private DaemonException failure(List<String> tried, String advice) {
    return new DaemonException(
        DaemonException.START, failed + "\nTried:\n- " + String.join("\n- ", tried) + "\n" + advice);
  }
}
