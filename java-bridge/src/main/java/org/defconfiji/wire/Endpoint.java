package org.defconfiji.wire;

import java.net.URI;

/** The address of a daemon and the token for it. */
public final class Endpoint {
  private final URI uri;
  private final String token;
  private final int protocol;
  private final String certificate;

  /** @param protocol the version of the protocol that the daemon says it speaks */
  public Endpoint(URI uri, String token, int protocol) {
    this(uri, token, protocol, "");
  }

  /**
   * @param protocol the version of the protocol that the daemon says it speaks
   * @param certificate SHA-256 of the only certificate to accept, as in "AB:CD:…"; an empty string:
   *     certificates are trusted by their issuers
   */
  public Endpoint(URI uri, String token, int protocol, String certificate) {
    this.uri = uri;
    this.token = token;
    this.protocol = protocol;
    this.certificate = certificate;
  }

  /** The address, ws:// or wss://. */
  public URI uri() {
    return uri;
  }

  /** The secret that opens a connection. */
  public String token() {
    return token;
  }

  /** Whether the daemon is on this machine, as far as the address tells. */
  boolean isLoopback() {
    String host = uri.getHost();
    return host != null && (host.equals("localhost") || host.equals("[::1]") || host.startsWith("127."));
  }

  public int protocol() {
    return protocol;
  }

  /** SHA-256 of the only certificate to accept; an empty string if issuers are trusted. */
  String certificate() {
    return certificate;
  }

  /** The address only. The token is a secret. */
  @Override
  public String toString() {
    return uri.toString();
  }
}
