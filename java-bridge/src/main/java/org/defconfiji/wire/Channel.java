package org.defconfiji.wire;

import java.nio.ByteBuffer;
import org.defconfiji.protocol.ClientMessage;

/** What a connection sends and receives messages over. */
interface Channel {
  /** Receives everything that arrives, on the channel's own thread. */
  interface Listener {
    void received(ByteBuffer message);

    /** Called once when the channel ends, also after {@link Channel#close()}. */
    void ended(String reason);
  }

  /**
   * Connects.
   *
   * @throws DaemonException DAEMON_UNREACHABLE, with the reason
   */
  void start() throws WireException;

  /** Sends an envelope. If the channel is lost, the listener learns of it, not the caller. */
  void send(ClientMessage message);

  void close();
}
