package org.defconfiji.daemon;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.defconfiji.wire.DaemonException;
import org.defconfiji.wire.Endpoint;

/** The discovery file, in which a running daemon writes its address and token. */
final class Discovery {
  private final Path file;

  Discovery(Path defconHome) {
    this.file = defconHome.resolve("daemon.json");
  }

  Path file() {
    return file;
  }

  /**
   * Reads the address. The daemon may have ended since it wrote the file.
   *
   * @return null if there is no discovery file
   * @throws DaemonException the file cannot be read or is damaged
   */
  Endpoint read() throws DaemonException {
    JsonFile json = JsonFile.read(file);
    if (json == null) return null;
    String host = json.string("host");
    int port = json.number("port");
    try {
      boolean tls = json.flag("tls");
      URI uri = new URI(tls ? "wss" : "ws", null, host, port, "/", null, null);
      String certificate = tls ? json.string("certificate") : "";
      return new Endpoint(uri, json.string("token"), json.number("protocol"), certificate);
    } catch (URISyntaxException notAnAddress) {
      throw new DaemonException(
          DaemonException.UNREACHABLE,
          "The file " + file + " names no address: " + notAnAddress.getMessage() + ". Delete it and try again.");
    }
  }
}
