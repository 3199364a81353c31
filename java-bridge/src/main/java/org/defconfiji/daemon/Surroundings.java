package org.defconfiji.daemon;

import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** The environment variables and system properties that the plugin reads. */
public final class Surroundings {
  private final Map<String, String> environment;
  private final Map<String, String> properties;

  public Surroundings(Map<String, String> environment, Map<String, String> properties) {
    this.environment = Collections.unmodifiableMap(new HashMap<>(environment));
    this.properties = Collections.unmodifiableMap(new HashMap<>(properties));
  }

  /** Those of this process. */
  public static Surroundings current() {
    Map<String, String> properties = new HashMap<>();
    for (String name : System.getProperties().stringPropertyNames()) properties.put(name, System.getProperty(name));
    return new Surroundings(System.getenv(), properties);
  }

  /** The value of a system property, else of an environment variable, else an empty string. */
  String setting(String property, String variable) {
    String value = properties.getOrDefault(property, "");
    return value.isEmpty() ? variable(variable) : value;
  }

  /**
   * An environment variable, or an empty string. On Windows the case of its name does not matter.
   */
  String variable(String name) {
    if (environment.containsKey(name)) return environment.get(name);
    if (windows())
      for (Map.Entry<String, String> entry : environment.entrySet())
        if (entry.getKey().equalsIgnoreCase(name)) return entry.getValue();
    return "";
  }

  boolean windows() {
    return properties.getOrDefault("os.name", "").startsWith("Windows");
  }

  boolean mac() {
    return properties.getOrDefault("os.name", "").startsWith("Mac");
  }

  /** The user's home folder. */
  Path userHome() {
    return Paths.get(properties.getOrDefault("user.home", "."));
  }

  /**
   * The folder with the daemon's discovery file, log and models. The daemon finds it the same way.
   */
  public Path defconHome() {
    String set = setting("defcon.fiji.home", "DEFCON_FIJI_HOME");
    return set.isEmpty() ? userHome().resolve(".defcon-fiji") : Paths.get(set);
  }
}
