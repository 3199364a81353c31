package org.defconfiji;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version of this plugin. The Maven build writes it into version.properties. */
public final class Version {
  public static final String VERSION = read();

  private Version() {}

  private static String read() {
    Properties properties = new Properties();
    try (InputStream input = Version.class.getResourceAsStream("version.properties")) {
      properties.load(input);
    } catch (IOException unreadable) {
      throw new IllegalStateException("The plugin's jar is damaged: version.properties cannot be read.", unreadable);
    }
    return properties.getProperty("version");
  }
}
