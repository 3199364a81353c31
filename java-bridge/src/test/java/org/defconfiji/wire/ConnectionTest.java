package org.defconfiji.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.defconfiji.protocol.ClientMessage;
import org.defconfiji.protocol.Credit;
import org.defconfiji.protocol.Dropped;
import org.defconfiji.protocol.Error;
import org.defconfiji.protocol.Frame;
import org.defconfiji.protocol.Model;
import org.defconfiji.protocol.Result;
import org.defconfiji.protocol.ServerMessage;
import org.defconfiji.protocol.StreamOpened;
import org.defconfiji.protocol.Welcome;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionTest {
  private static final StreamOptions TINY = new StreamOptions("", 2, 1, PixelFormat.UINT8, false, false);

  private static ServerMessage.Builder welcome(int version) {
    Welcome.Builder welcome = Welcome.newBuilder().setProtocolVersion(version).setMaxMessageBytes(1 << 20);
    welcome.addModels(Model.newBuilder().setName("defcon").setIsDefault(true));
    return ServerMessage.newBuilder().setWelcome(welcome);
  }

  private static ServerMessage.Builder opened(int stream, int credits) {
    return ServerMessage.newBuilder()
        .setStreamOpened(StreamOpened.newBuilder().setStream(stream).setCredits(credits).setPool(7));
  }

  private static ServerMessage.Builder result(Frame frame) {
    return result(frame, frame.getPixels().byteAt(0));
  }

  private static ServerMessage.Builder result(Frame frame, double count) {
    return ServerMessage.newBuilder()
        .setResult(
            Result.newBuilder()
                .setStream(frame.getStream())
                .setSequence(frame.getSequence())
                .setCount(count));
  }

  /** Greets, opens streams with some credit, and leaves frames to another script. */
  private static FakeDaemon.Script withFrames(int credits, FakeDaemon.Script frames) {
    return (message, peer) -> {
      if (message.hasHello()) peer.send(welcome(1));
      if (message.hasOpenStream()) peer.send(opened(message.getOpenStream().getStream(), credits));
      if (message.hasFrame()) frames.answer(message, peer);
    };
  }

  @Test
  @DisplayName("hello carries the protocol's version, the token and the plugin's name, and no Origin")
  void hello() throws Exception {
    List<ClientMessage> received = Collections.synchronizedList(new ArrayList<>());
    FakeDaemon.Script script = (message, peer) -> {
      received.add(message);
      peer.send(welcome(1));
    };
    try (FakeDaemon daemon = new FakeDaemon(script);
        Connection connection = Connection.open(daemon.endpoint())) {
      assertEquals(1, received.get(0).getHello().getProtocolVersion());
      assertEquals("secret", received.get(0).getHello().getToken());
      assertTrue(received.get(0).getHello().getClient().matches("fiji-plugin \\d+\\.\\d+\\.\\d+"));
      assertFalse(daemon.handshake.hasFieldValue("Origin"));
      assertEquals("defcon", connection.models().get(0).name());
    }
  }

  /** Answers hello like a daemon with another version of the protocol. */
  private static void refuseVersion(ClientMessage message, FakeDaemon.Peer peer) {
    Error.Builder error = Error.newBuilder().setCode("PROTOCOL_VERSION").setMessage("another one").setFatal(true);
    peer.send(ServerMessage.newBuilder().setError(error));
    peer.close();
  }

  @Test
  @DisplayName("of two versions of the protocol, says which side is older")
  void versions() throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(ConnectionTest::refuseVersion)) {
      ProtocolException older = assertThrows(ProtocolException.class, () -> Connection.open(daemon.endpoint(0)));
      assertEquals("PROTOCOL_VERSION", older.code());
      assertTrue(older.getMessage().contains("version 1 of the DEFCoN protocol, the daemon version 0"));
      assertTrue(older.getMessage().contains("The daemon is older"), older.getMessage());
      ProtocolException newer = assertThrows(ProtocolException.class, () -> Connection.open(daemon.endpoint(2)));
      assertTrue(newer.getMessage().contains("The plugin is older"), newer.getMessage());
    }
  }

  @Test
  @DisplayName("a welcome in another version is no welcome")
  void otherWelcome() throws Exception {
    try (FakeDaemon daemon = new FakeDaemon((message, peer) -> peer.send(welcome(2)))) {
      ProtocolException error = assertThrows(ProtocolException.class, () -> Connection.open(daemon.endpoint()));
      assertTrue(error.getMessage().contains("The plugin is older"), error.getMessage());
    }
  }

  @Test
  @DisplayName("an error about the connection ends its streams, also one that names a frame")
  void connectionError() throws Exception {
    Error.Builder error = Error.newBuilder().setCode("INPUT_SIZE").setMessage("odd").setAboutFrame(true);
    FakeDaemon.Script script =
        withFrames(4, (message, peer) -> peer.send(ServerMessage.newBuilder().setError(error)));
    try (FakeDaemon daemon = new FakeDaemon(script);
        Connection connection = Connection.open(daemon.endpoint());
        Stream stream = connection.openStream(TINY)) {
      assertTrue(stream.trySend(new byte[2]));
      // A frame's exception would say that the stream goes on: who counts would ask for ever.
      assertThrows(
          RefusedException.class,
          () -> {
            while (true) stream.poll(1, TimeUnit.SECONDS);
          });
    }
  }

  @Test
  @DisplayName("a port where nobody listens is DAEMON_UNREACHABLE")
  void nobody() throws Exception {
    int port;
    try (ServerSocket unused = new ServerSocket(0)) {
      port = unused.getLocalPort();
    }
    Endpoint endpoint = new Endpoint(URI.create("ws://127.0.0.1:" + port + "/"), "secret", 1);
    DaemonException error = assertThrows(DaemonException.class, () -> Connection.open(endpoint));
    assertEquals("DAEMON_UNREACHABLE", error.code());
  }

  @Test
  @DisplayName("sends no frame without credit, and hands out the answers in order")
  void credits() throws Exception {
    FakeDaemon.Script frames = (message, peer) -> {
      Frame frame = message.getFrame();
      peer.send(result(frame));
      peer.send(ServerMessage.newBuilder().setCredit(Credit.newBuilder().setStream(frame.getStream()).setCredits(1)));
    };
    try (FakeDaemon daemon = new FakeDaemon(withFrames(2, frames));
        Connection connection = Connection.open(daemon.endpoint());
        Stream stream = connection.openStream(TINY)) {
      assertEquals(7, stream.pool());
      List<Double> counts = new ArrayList<>();
      for (byte value = 1; value <= 20; value++) {
        while (!stream.trySend(new byte[] {value, 0})) take(stream, counts);
        assertTrue(stream.outstanding() <= 20);
      }
      while (stream.outstanding() > 0) take(stream, counts);
      for (int i = 0; i < 20; i++) assertEquals(i + 1, counts.get(i));
    }
  }

  private static void take(Stream stream, List<Double> counts) throws WireException {
    Prediction prediction = stream.poll(1, TimeUnit.SECONDS);
    if (prediction != null) counts.add(prediction.count());
  }

  @Test
  @DisplayName("a frame that is sent in fragments arrives whole, and frames of several threads do not mix")
  void fragments() throws Exception {
    int side = 1_000;
    FakeDaemon.Script frames = (message, peer) -> {
      byte[] pixels = message.getFrame().getPixels().toByteArray();
      boolean whole = pixels.length == side * side;
      for (int i = 0; i < pixels.length; i++) whole &= pixels[i] == (byte) (pixels[0] + i % 251);
      peer.send(result(message.getFrame(), whole ? 1 : 0));
    };
    StreamOptions options = new StreamOptions("", side, side, PixelFormat.UINT8, false, false);
    try (FakeDaemon daemon = new FakeDaemon(withFrames(8, frames));
        Connection connection = Connection.open(daemon.endpoint());
        Stream first = connection.openStream(options);
        Stream second = connection.openStream(options)) {
      Thread other = new Thread(() -> sendRamps(first, side * side));
      other.start();
      sendRamps(second, side * side);
      other.join();
      for (int i = 0; i < 8; i++) {
        assertEquals(1, first.poll(10, TimeUnit.SECONDS).count());
        assertEquals(1, second.poll(10, TimeUnit.SECONDS).count());
      }
    }
  }

  private static void sendRamps(Stream stream, int size) {
    try {
      for (int frame = 0; frame < 8; frame++) {
        byte[] pixels = new byte[size];
        for (int i = 0; i < size; i++) pixels[i] = (byte) (frame + i % 251);
        stream.trySend(pixels);
      }
    } catch (WireException lost) {
      throw new AssertionError(lost);
    }
  }

  @Test
  @DisplayName("without credit a frame stays unsent")
  void noCredit() throws Exception {
    List<Long> received = Collections.synchronizedList(new ArrayList<>());
    FakeDaemon.Script frames = (message, peer) -> received.add(message.getFrame().getSequence());
    try (FakeDaemon daemon = new FakeDaemon(withFrames(2, frames));
        Connection connection = Connection.open(daemon.endpoint());
        Stream stream = connection.openStream(TINY)) {
      assertTrue(stream.trySend(new byte[2]));
      assertTrue(stream.trySend(new byte[2]));
      assertFalse(stream.trySend(new byte[2]));
      assertNull(stream.poll(10, TimeUnit.MILLISECONDS));
      assertEquals(2, stream.outstanding());
    }
    assertTrue(received.size() <= 2, received.toString());
  }

  @Test
  @DisplayName("an error about one frame is that frame's answer, and the stream goes on")
  void frameError() throws Exception {
    FakeDaemon.Script frames = (message, peer) -> {
      Frame frame = message.getFrame();
      if (frame.getSequence() == 0)
        peer.send(
            ServerMessage.newBuilder()
                .setError(
                    Error.newBuilder()
                        .setCode("INPUT_PIXEL_VALUE")
                        .setMessage("not a number")
                        .setStream(frame.getStream())
                        .setAboutFrame(true)));
      else peer.send(result(frame));
    };
    try (FakeDaemon daemon = new FakeDaemon(withFrames(2, frames));
        Connection connection = Connection.open(daemon.endpoint());
        Stream stream = connection.openStream(TINY)) {
      FrameException error = assertThrows(FrameException.class, () -> stream.predict(new byte[] {1, 0}));
      assertEquals("INPUT_PIXEL_VALUE", error.code());
      assertEquals(0, error.sequence());
      assertEquals(5, stream.predict(new byte[] {5, 0}).count());
    }
  }

  @Test
  @DisplayName("answers in the wrong order end the stream")
  void wrongOrder() throws Exception {
    FakeDaemon.Script frames = (message, peer) ->
        peer.send(result(message.getFrame().toBuilder().setSequence(1).build()));
    try (FakeDaemon daemon = new FakeDaemon(withFrames(2, frames));
        Connection connection = Connection.open(daemon.endpoint());
        Stream stream = connection.openStream(TINY)) {
      ProtocolException error = assertThrows(ProtocolException.class, () -> stream.predict(new byte[2]));
      assertEquals("PROTOCOL_MESSAGE", error.code());
    }
  }

  private static ServerMessage.Builder dropped(int stream, long sequence) {
    return ServerMessage.newBuilder().setDropped(Dropped.newBuilder().setStream(stream).setSequence(sequence));
  }

  @Test
  @DisplayName("a latest-only stream says so; frames that are dropped, out of turn too, have no answer")
  void latestOnly() throws Exception {
    List<ClientMessage> received = Collections.synchronizedList(new ArrayList<>());
    FakeDaemon.Script script = (message, peer) -> {
      received.add(message);
      if (message.hasHello()) peer.send(welcome(1));
      if (message.hasOpenStream()) peer.send(opened(message.getOpenStream().getStream(), 4));
      if (!message.hasFrame() || message.getFrame().getSequence() != 3) return;
      Frame last = message.getFrame();
      peer.send(dropped(last.getStream(), 1));
      peer.send(result(last.toBuilder().setSequence(0).build(), 10));
      peer.send(dropped(last.getStream(), 2));
      peer.send(result(last, 13));
    };
    AtomicInteger changes = new AtomicInteger();
    try (FakeDaemon daemon = new FakeDaemon(script);
        Connection connection = Connection.open(daemon.endpoint());
        Stream stream = connection.openStream(TINY.onlyLatest())) {
      stream.whenChanged(changes::incrementAndGet);
      for (int frame = 0; frame < 4; frame++) {
        assertEquals(frame, stream.nextSequence());
        assertTrue(stream.trySend(new byte[2]));
      }
      Prediction first = stream.poll(10, TimeUnit.SECONDS);
      Prediction second = stream.poll(10, TimeUnit.SECONDS);
      assertEquals(10, first.count());
      assertEquals(3, second.sequence());
      assertEquals(13, second.count());
      assertEquals(0, stream.outstanding());
      assertTrue(changes.get() >= 3, changes.toString());
    }
    assertTrue(received.get(1).getOpenStream().getLatestOnly());
  }

  @Test
  @DisplayName("a latest-only stream ends where a frame is dropped that was never sent, or answered out of turn")
  void latestOnlyWrong() throws Exception {
    FakeDaemon.Script unsent = (message, peer) -> peer.send(dropped(message.getFrame().getStream(), 7));
    FakeDaemon.Script early = (message, peer) ->
        peer.send(result(message.getFrame().toBuilder().setSequence(1).build()));
    for (FakeDaemon.Script frames : Arrays.asList(unsent, early))
      try (FakeDaemon daemon = new FakeDaemon(withFrames(4, frames));
          Connection connection = Connection.open(daemon.endpoint());
          Stream stream = connection.openStream(TINY.onlyLatest())) {
        ProtocolException error = assertThrows(ProtocolException.class, () -> stream.predict(new byte[2]));
        assertEquals("PROTOCOL_MESSAGE", error.code());
      }
  }

  @Test
  @DisplayName("a density map of the wrong size ends the stream")
  void wrongDensity() throws Exception {
    FakeDaemon.Script frames = (message, peer) -> peer.send(result(message.getFrame()));
    StreamOptions options = new StreamOptions("", 2, 1, PixelFormat.UINT8, true, false);
    try (FakeDaemon daemon = new FakeDaemon(withFrames(1, frames));
        Connection connection = Connection.open(daemon.endpoint());
        Stream stream = connection.openStream(options)) {
      ProtocolException error = assertThrows(ProtocolException.class, () -> stream.predict(new byte[2]));
      assertTrue(error.getMessage().contains("0 bytes, expected 8"), error.getMessage());
    }
  }

  @Test
  @DisplayName("a connection that breaks in the middle ends the wait for a result")
  void brokenOff() throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(withFrames(1, (message, peer) -> peer.cut()));
        Connection connection = Connection.open(daemon.endpoint());
        Stream stream = connection.openStream(TINY)) {
      ConnectionLostException error =
          assertThrows(ConnectionLostException.class, () -> stream.predict(new byte[2]));
      assertTrue(error.getMessage().contains("was lost"), error.getMessage());
      assertThrows(ConnectionLostException.class, () -> connection.openStream(TINY));
    }
  }

  @Test
  @DisplayName("bytes that are no message end the connection")
  void garbage() throws Exception {
    try (FakeDaemon daemon = new FakeDaemon((message, peer) -> peer.sendGarbage())) {
      ProtocolException error = assertThrows(ProtocolException.class, () -> Connection.open(daemon.endpoint()));
      assertEquals("PROTOCOL_MESSAGE", error.code());
    }
  }

  @Test
  @DisplayName("a frame that no message of the daemon's can hold is refused before it is sent")
  void tooLarge() throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(withFrames(1, (message, peer) -> {}));
        Connection connection = Connection.open(daemon.endpoint())) {
      StreamOptions large = new StreamOptions("", 1024, 1024, PixelFormat.UINT16, false, false);
      RefusedException error = assertThrows(RefusedException.class, () -> connection.openStream(large));
      assertEquals("INPUT_SIZE", error.code());
      assertEquals("Select a smaller rectangle and count that.", error.advice());
    }
  }
}
