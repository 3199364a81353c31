package org.defconfiji.wire;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Trusts one certificate, whoever issued it and for whatever host: that of the discovery file. */
final class PinnedCertificate implements X509TrustManager {
  private final String sha256;
  private final Consumer<String> refused;

  private PinnedCertificate(String sha256, Consumer<String> refused) {
    this.sha256 = sha256;
    this.refused = refused;
  }

  /**
   * @param sha256 the certificate's digest, as in "AB:CD:…"
   * @param refused told why another one is refused, before the connection ends by it
   */
  static SSLSocketFactory socketFactory(String sha256, Consumer<String> refused) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new PinnedCertificate(sha256, refused)}, null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
    if (digest(chain[0].getEncoded()).equalsIgnoreCase(sha256)) return;
    String why = "another certificate than that of the discovery file";
    refused.accept(why);
    throw new CertificateException(why);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
    throw new CertificateException("no client is trusted here");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }

  private static String digest(byte[] bytes) {
    try {
      StringBuilder text = new StringBuilder();
      for (byte each : MessageDigest.getInstance("SHA-256").digest(bytes))
        text.append(text.length() == 0 ? "" : ":").append(String.format("%02X", each));
      return text.toString();
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
