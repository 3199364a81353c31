package org.defconfiji.wire;

import java.net.URI;

/** The address of a daemon and the token for it. */
public final class Endpoint {
  private final URI uri;
  private final String token;
  private final int protocol;

  /** @param protocol the version of the protocol that the daemon says it speaks */
  public Endpoint(URI uri, String token, int protocol) {
    this.uri = uri;
    this.token = token;
    this.protocol = protocol;
  }

  /** The address, ws:// or wss://. */
  public URI uri() {
    return uri;
  }

  /** The secret that opens a connection. */
  public String token() {
    return token;
  }

  public int protocol() {
    return protocol;
  }

  /** The address only. The token is a secret. */
  @Override
  public String toString() {
    return uri.toString();
  }
}
