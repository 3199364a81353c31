package org.defconfiji.daemon;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.defconfiji.wire.CancelledException;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.DaemonException;
import org.defconfiji.wire.Endpoint;
import org.defconfiji.wire.WireException;

/** The user's daemon on this machine. It is found if it runs and started if it does not. */
public final class Daemon {
  private final Surroundings surroundings;
  private final Discovery discovery;
  private final Launcher launcher;

  /** @param surroundings tell where the discovery file lies and how to find the program */
  public Daemon(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.discovery = new Discovery(surroundings.defconHome());
    this.launcher = new Launcher(surroundings);
  }

  /** The daemon of the user who runs this program. */
  public static Daemon ofThisUser() {
    return new Daemon(Surroundings.current());
  }

  /**
   * Connects to the running daemon or starts one. Waits up to a minute for a daemon that starts.
   *
   * @throws DaemonException no daemon runs and none could be started; the message lists what was
   *     tried
   * @throws WireException a daemon runs but refuses this program
   */
  public Connection connect() throws WireException {
    return connect(() -> false);
  }

  /**
   * Connects like {@link #connect()}. The wait can be cancelled.
   *
   * @param cancelled asked several times a second while a daemon starts, on the calling thread
   * @throws CancelledException it returned true
   */
  public Connection connect(BooleanSupplier cancelled) throws WireException {
    Connection running = connectToRunning();
    if (running != null) return running;
    return launcher.start(
        () -> {
          if (cancelled.getAsBoolean()) throw new CancelledException();
          return connectToRunning();
        });
  }

  /**
   * Connects to the daemon only if it runs.
   *
   * @return null if no daemon answers
   * @throws WireException a daemon runs but refuses this program
   */
  public Connection connectIfRunning() throws WireException {
    return connectToRunning();
  }

  /** The log file of daemons that this plugin starts. */
  public Path log() {
    return Launcher.log(surroundings);
  }

  /**
   * Connects to the daemon that the discovery file names.
   *
   * @return null if there is no such file or its daemon is gone
   */
  private Connection connectToRunning() throws WireException {
    Endpoint endpoint = discovery.read();
    if (endpoint == null) return null;
    try {
      return Connection.open(endpoint);
    } catch (DaemonException silent) {
      if (silent.code().equals(DaemonException.UNREACHABLE)) return null;
      throw silent;
    }
  }
}
