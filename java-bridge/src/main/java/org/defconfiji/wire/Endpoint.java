package org.defconfiji.wire;

import java.net.URI;

/** Where a daemon listens, and the token that opens it. */
public final class Endpoint {
  private final URI uri;
  private final String token;
  private final int protocol;

  /** @param protocol the version of the wire's protocol that the daemon says it speaks */
  public Endpoint(URI uri, String token, int protocol) {
    this.uri = uri;
    this.token = token;
    this.protocol = protocol;
  }

  public URI uri() {
    return uri;
  }

  public String token() {
    return token;
  }

  public int protocol() {
    return protocol;
  }

  /** The address alone: the token is a secret. */
  @Override
  public String toString() {
    return uri.toString();
  }
}
