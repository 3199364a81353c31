package org.defconfiji.daemon;

import java.io.Closeable;
import java.util.function.BooleanSupplier;
import org.defconfiji.wire.CancelledException;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.StreamOptions;
import org.defconfiji.wire.WireException;

/**
 * A connection that is made again after it is lost. A daemon that ended is started again.
 *
 * <p>Only one thread may use it.
 */
public final class LastingConnection implements Closeable {
  private final Daemon daemon;
  private final BooleanSupplier cancelled;
  private final Runnable onLost;
  private Connection connection;

  /**
   * @param cancelled asked several times a second while a daemon starts
   * @param onLost called after a connection is lost, before it is made again
   */
  public LastingConnection(Daemon daemon, BooleanSupplier cancelled, Runnable onLost) {
    this.daemon = daemon;
    this.cancelled = cancelled;
    this.onLost = onLost;
  }

  /**
   * The present connection. It can be lost at any moment.
   *
   * @throws CancelledException the wait for a daemon was cancelled
   * @throws WireException no daemon could be started, or it refuses this program
   */
  public Connection current() throws WireException {
    if (connection == null) connection = daemon.connect(cancelled);
    return connection;
  }

  /**
   * Opens a stream that survives the loss of its connection.
   *
   * @throws WireException as {@link Connection#openStream}
   */
  public LastingStream openStream(StreamOptions options) throws WireException {
    return new LastingStream(this, options);
  }

  /** Closes a connection that was lost, so that the next call makes a new one. */
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
