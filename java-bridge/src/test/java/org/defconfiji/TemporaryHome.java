package org.defconfiji;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.defconfiji.daemon.Surroundings;

/** The surroundings of a user who has only a folder. */
public final class TemporaryHome {
  private final Map<String, String> environment = new HashMap<>();
  private final Map<String, String> properties = new HashMap<>();

  public TemporaryHome(Path folder) {
    properties.put("os.name", System.getProperty("os.name"));
    properties.put("user.home", folder.toString());
    properties.put("defcon.fiji.home", folder.resolve(".defcon-fiji").toString());
    environment.put("PATH", "");
  }

  public TemporaryHome variable(String name, String value) {
    environment.put(name, value);
    return this;
  }

  public TemporaryHome property(String name, String value) {
    properties.put(name, value);
    return this;
  }

  public Surroundings surroundings() {
    return new Surroundings(environment, properties);
  }
}
