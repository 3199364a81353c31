package org.defconfiji.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import org.defconfiji.RealDaemon;
import org.defconfiji.Repository;
import org.defconfiji.TemporaryHome;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.ConnectionLostException;
import org.defconfiji.wire.DaemonException;
import org.defconfiji.wire.Endpoint;
import org.defconfiji.wire.PixelFormat;
import org.defconfiji.wire.ProtocolException;
import org.defconfiji.wire.Stream;
import org.defconfiji.wire.StreamOptions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DaemonTest {
  @TempDir Path folder;

  @Test
  @DisplayName("a daemon that is killed in the middle of a stream ends the wait with a typed exception")
  void killed() throws Exception {
    Repository.assumeBuilt();
    try (RealDaemon daemon = RealDaemon.start(folder);
        Connection connection = daemon.client().connect()) {
      StreamOptions options =
          new StreamOptions(Repository.RANDOM_MODEL.toString(), 512, 512, PixelFormat.UINT16, true, true);
      try (Stream stream = connection.openStream(options)) {
        while (stream.trySend(new byte[512 * 512 * 2])) continue;
        daemon.kill();
        ConnectionLostException error = assertThrows(ConnectionLostException.class, () -> drain(stream));
        assertEquals("CONNECTION_LOST", error.code());
        assertTrue(error.getMessage().contains("Run the command again"), error.getMessage());
      }
    }
  }

  private static void drain(Stream stream) throws Exception {
    while (true) stream.poll(1, TimeUnit.SECONDS);
  }

  @Test
  @DisplayName("a wrong token is refused with the daemon's code")
  void wrongToken() throws Exception {
    Repository.assumeBuilt();
    try (RealDaemon daemon = RealDaemon.start(folder)) {
      Endpoint right = new Discovery(daemon.surroundings().defconHome()).read();
      Endpoint wrong = new Endpoint(right.uri(), "not the token", right.protocol());
      ProtocolException error = assertThrows(ProtocolException.class, () -> Connection.open(wrong));
      assertEquals("PROTOCOL_TOKEN", error.code());
    }
  }

  @Test
  @DisplayName("a daemon with TLS is known by the certificate in its discovery file, whatever host that is for")
  void tls() throws Exception {
    Repository.assumeBuilt();
    Path certificate = folder.resolve("own.pem");
    Path key = folder.resolve("own.key");
    String[] command = {
      "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=lab.example",
      "-keyout", key.toString(), "-out", certificate.toString()
    };
    Assumptions.assumeTrue(succeeds(command), "needs openssl to make a certificate");
    try (RealDaemon daemon =
        RealDaemon.start(folder, "--tls-cert", certificate.toString(), "--tls-key", key.toString())) {
      Endpoint right = new Discovery(daemon.surroundings().defconHome()).read();
      assertEquals("wss", right.uri().getScheme());
      try (Connection connection = Connection.open(right)) {
        assertFalse(connection.models().isEmpty());
      }
      String other = String.join(":", Collections.nCopies(32, "00"));
      Endpoint pinned = new Endpoint(right.uri(), right.token(), right.protocol(), other);
      DaemonException refused = assertThrows(DaemonException.class, () -> Connection.open(pinned));
      assertTrue(refused.getMessage().contains("another certificate"), refused.getMessage());
      Endpoint byIssuer = new Endpoint(right.uri(), right.token(), right.protocol());
      assertEquals(
          "DAEMON_UNREACHABLE", assertThrows(DaemonException.class, () -> Connection.open(byIssuer)).code());
    }
  }

  private static boolean succeeds(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException absent) {
      return false;
    }
  }

  @Test
  @DisplayName("starts a daemon where none runs, also after one that died, and finds it the next time")
  void starts() throws Exception {
    Repository.assumeBuilt();
    RealDaemon dead = RealDaemon.start(folder);
    dead.kill();
    Surroundings surroundings =
        new TemporaryHome(folder)
            .variable("PATH", System.getenv("PATH"))
            .property("defcon.fiji.command", "node \"" + Repository.SCRIPT + "\"")
            .surroundings();
    Daemon daemon = new Daemon(surroundings);
    Discovery discovery = new Discovery(surroundings.defconHome());
    try (Connection first = daemon.connect()) {
      Endpoint endpoint = discovery.read();
      assertFalse(first.engine().isEmpty());
      try (Connection second = daemon.connect()) {
        assertEquals(endpoint.uri(), discovery.read().uri());
      }
    } finally {
      stop(surroundings);
    }
  }

  /** Ends the daemon that the plugin started, by the process id in its discovery file. */
  private static void stop(Surroundings surroundings) throws Exception {
    JsonFile json = JsonFile.read(new Discovery(surroundings.defconHome()).file());
    new ProcessBuilder("node", "-e", "process.kill(" + json.number("pid") + ")").start().waitFor();
  }

  @Test
  @DisplayName("a damaged discovery file is told of by name, with what to do")
  void damaged() throws Exception {
    Discovery discovery = new Discovery(folder);
    assertNull(discovery.read());
    String[] texts = {"", "[]", "{\"host\": \"127.0.0.1\"", "{\"host\": \"127.0.0.1\", \"port\": \"x\"}"};
    for (String text : texts) {
      Files.write(folder.resolve("daemon.json"), text.getBytes(StandardCharsets.UTF_8));
      DaemonException error = assertThrows(DaemonException.class, discovery::read);
      assertTrue(error.getMessage().contains("daemon.json is damaged"), error.getMessage());
      assertTrue(error.getMessage().endsWith("Delete it and try again."), error.getMessage());
    }
  }

  @Test
  @DisplayName("the discovery file tells address and token")
  void reads() throws Exception {
    String text =
        "{\"protocol\": 3, \"host\": \"::1\", \"port\": 4711, \"token\": \"t\", \"tls\": false, \"later\": {}}";
    Files.write(folder.resolve("daemon.json"), text.getBytes(StandardCharsets.UTF_8));
    Endpoint endpoint = new Discovery(folder).read();
    assertEquals("ws://[::1]:4711/", endpoint.uri().toString());
    assertEquals("t", endpoint.token());
    assertEquals(3, endpoint.protocol());
  }
}
