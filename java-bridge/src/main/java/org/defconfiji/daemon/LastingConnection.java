package org.defconfiji.daemon;

import java.io.Closeable;
import java.util.function.BooleanSupplier;
import org.defconfiji.wire.CancelledException;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.StreamOptions;
import org.defconfiji.wire.WireException;

/**
 * A connection to the user's daemon that is made again where it breaks off; a daemon that ended is started again. One
 * thread uses it.
 */
public final class LastingConnection implements Closeable {
  private final Daemon daemon;
  private final BooleanSupplier cancelled;
  private final Runnable onLost;
  private Connection connection;

  /**
   * @param cancelled asked several times a second while a daemon starts
   * @param onLost told when a connection broke off, before it is made again
   */
  public LastingConnection(Daemon daemon, BooleanSupplier cancelled, Runnable onLost) {
    this.daemon = daemon;
    this.cancelled = cancelled;
    this.onLost = onLost;
  }

  /**
   * The connection as it is now, which may break off at any moment.
   *
   * @throws CancelledException the wait for it was given up
   * @throws WireException there is no daemon and none could be started, or it refuses this program
   */
  public Connection current() throws WireException {
    if (connection == null) connection = daemon.connect(cancelled);
    return connection;
  }

  /** Opens a stream that outlives the connection. @throws WireException as {@link Connection#openStream} */
  public LastingStream openStream(StreamOptions options) throws WireException {
    return new LastingStream(this, options);
  }

  /** Gives up a connection that broke off. */
  void discard() {
    if (connection == null) return;
    connection.close();
    connection = null;
    onLost.run();
  }

  @Override
  public void close() {
    if (connection != null) connection.close();
    connection = null;
  }
}
