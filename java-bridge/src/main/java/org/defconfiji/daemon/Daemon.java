package org.defconfiji.daemon;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.defconfiji.wire.CancelledException;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.DaemonException;
import org.defconfiji.wire.Endpoint;
import org.defconfiji.wire.WireException;

/** The user's daemon on this machine: found where it runs, started where it does not. */
public final class Daemon {
  private final Surroundings surroundings;
  private final Discovery discovery;
  private final Launcher launcher;

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
   * Connects to the running daemon, or starts one; waits up to a minute for one that starts.
   *
   * @throws DaemonException no daemon runs and none could be started; the message says what was tried
   * @throws WireException a daemon runs, but refuses this program
   */
  public Connection connect() throws WireException {
    return connect(() -> false);
  }

  /**
   * The same, for a wait that can be given up.
   *
   * @param cancelled asked several times a second while a daemon starts, on the thread that called this
   * @throws CancelledException it said yes
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
   * Connects to the daemon if one runs.
   *
   * @return null where none answers
   * @throws WireException a daemon runs, but refuses this program
   */
  public Connection connectIfRunning() throws WireException {
    return connectToRunning();
  }

  /** Where a daemon that this plugin has started writes what happens. */
  public Path log() {
    return Launcher.log(surroundings);
  }

  /** @return null where no daemon answers: none ever ran, or the one that wrote the discovery file is gone */
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
