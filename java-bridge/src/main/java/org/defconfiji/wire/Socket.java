package org.defconfiji.wire;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import org.defconfiji.protocol.ClientMessage;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.enums.Opcode;
import org.java_websocket.exceptions.WebsocketNotConnectedException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.handshake.ServerHandshake;

/** A WebSocket with one binary message per envelope. Its threads do not keep the program alive. */
final class Socket extends WebSocketClient implements Channel {
  private static final int CONNECT_TIMEOUT_MS = 5_000;
  /**
   * Larger envelopes are sent in fragments of this size.
   *
   * <p>The daemon unmasks one fragment at a time and serves other clients in between. A whole frame
   * of 16 MB would block it for a tenth of a second.
   */
  private static final int FRAGMENT_BYTES = 262_144;

  private final Listener listener;
  private final boolean pinned;
  private volatile String trouble = "";

  Socket(Endpoint endpoint, Listener listener) {
    super(endpoint.uri(), new Draft_6455(), null, CONNECT_TIMEOUT_MS);
    this.listener = listener;
    this.pinned = !endpoint.certificate().isEmpty();
    // The thread that reads may see the connection end before the one that writes says why.
    if (pinned)
      setSocketFactory(PinnedCertificate.socketFactory(endpoint.certificate(), this::keepTrouble));
    setDaemon(true);
    setTcpNoDelay(true);
  }

  @Override
  public void start() throws WireException {
    boolean connected;
    try {
      connected = connectBlocking(CONNECT_TIMEOUT_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      throw new CancelledException(interrupted);
    }
    if (connected) return;
    close();
    String why = trouble.isEmpty() ? "no answer" : trouble;
    throw new DaemonException(
        DaemonException.UNREACHABLE, "No DEFCoN daemon answers at " + getURI() + " (" + why + ").");
  }

  @Override
  public synchronized void send(ClientMessage message) {
    try {
      byte[] bytes = message.toByteArray();
      for (int from = 0; from < bytes.length; from += FRAGMENT_BYTES) {
        int length = Math.min(FRAGMENT_BYTES, bytes.length - from);
        boolean last = from + length == bytes.length;
        sendFragmentedFrame(Opcode.BINARY, ByteBuffer.wrap(bytes, from, length).slice(), last);
      }
    } catch (WebsocketNotConnectedException gone) {
      listener.ended(trouble);
    }
  }

  /** A pinned certificate may be for another host: it is compared itself. */
  @Override
  protected void onSetSSLParameters(SSLParameters parameters) {
    if (!pinned) super.onSetSSLParameters(parameters);
  }

  @Override
  public void onOpen(ServerHandshake handshake) {}

  @Override
  public void onMessage(String message) {
    closeConnection(CloseFrame.REFUSE, "a text message, where only binary ones are expected");
  }

  @Override
  public void onMessage(ByteBuffer message) {
    listener.received(message);
  }

  @Override
  public void onClose(int code, String reason, boolean remote) {
    String why = reason == null || reason.isEmpty() ? trouble : reason;
    listener.ended(why.isEmpty() ? "code " + code : why);
  }

  @Override
  public void onError(Exception error) {
    keepTrouble(error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage());
  }

  /** Keeps what happened first: what follows comes of it. */
  private void keepTrouble(String what) {
    if (trouble.isEmpty()) trouble = what;
  }
}
