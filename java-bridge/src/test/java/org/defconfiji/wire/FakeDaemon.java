package org.defconfiji.wire;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.defconfiji.protocol.ClientMessage;
import org.defconfiji.protocol.ServerMessage;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/** A daemon that misbehaves as a test wants. A script answers each message of the client. */
final class FakeDaemon extends WebSocketServer implements AutoCloseable {
  /** Answers one client message. */
  interface Script {
    void answer(ClientMessage message, Peer peer);
  }

  /** The connection to the client. */
  static final class Peer {
    private final WebSocket socket;

    private Peer(WebSocket socket) {
      this.socket = socket;
    }

    void send(ServerMessage.Builder message) {
      socket.send(message.build().toByteArray());
    }

    void sendGarbage() {
      socket.send(new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF});
    }

    /** Closes the connection after the last message. */
    void close() {
      socket.close(1008, "over");
    }

    /** Cuts the connection without a close frame. */
    void cut() {
      socket.closeConnection(1006, "");
    }
  }

  /** How often to look for answers that were not sent. */
  private static final long NUDGE_MS = 20;

  private final Script script;
  private final CountDownLatch started = new CountDownLatch(1);
  private volatile boolean closed;
  volatile ClientHandshake handshake;

  FakeDaemon(Script script) throws InterruptedException {
    super(new InetSocketAddress("127.0.0.1", 0), 1);
    this.script = script;
    setDaemon(true);
    setReuseAddr(true);
    start();
    if (!started.await(10, TimeUnit.SECONDS)) throw new IllegalStateException("the server did not start");
    Thread nudge = new Thread(this::sendWhatWasLeft, "fake daemon's nudge");
    nudge.setDaemon(true);
    nudge.start();
  }

  /**
   * Sends answers that the WebSocket library's server forgot.
   *
   * <p>The server forgets to write if an answer is queued at the moment in which its selector finds
   * the queue empty. This happens about once in a thousand connections on a busy machine.
   */
  private void sendWhatWasLeft() {
    try {
      while (!closed) {
        Thread.sleep(NUDGE_MS);
        for (WebSocket socket : getConnections()) if (socket.hasBufferedData()) onWriteDemand(socket);
      }
    } catch (InterruptedException over) {
      Thread.currentThread().interrupt();
    }
  }

  Endpoint endpoint() {
    return endpoint(Connection.PROTOCOL_VERSION);
  }

  /** @param protocol the version that the discovery file names */
  Endpoint endpoint(int protocol) {
    return new Endpoint(URI.create("ws://127.0.0.1:" + getPort() + "/"), "secret", protocol);
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    stop(1000);
  }

  @Override
  public void onStart() {
    started.countDown();
  }

  @Override
  public void onOpen(WebSocket socket, ClientHandshake received) {
    handshake = received;
  }

  @Override
  public void onMessage(WebSocket socket, ByteBuffer bytes) {
    try {
      script.answer(ClientMessage.parseFrom(bytes), new Peer(socket));
    } catch (java.io.IOException notAMessage) {
      throw new AssertionError(notAMessage);
    }
  }

  @Override
  public void onMessage(WebSocket socket, String text) {
    throw new AssertionError("a text message: " + text);
  }

  @Override
  public void onClose(WebSocket socket, int code, String reason, boolean remote) {}

  @Override
  public void onError(WebSocket socket, Exception error) {}
}
