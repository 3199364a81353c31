package org.defconfiji.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Paths;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SurroundingsTest {
  @Test
  @DisplayName("the home folder is the property's, else the variable's, else .defcon-fiji in the user's home")
  void home() {
    Map<String, String> environment = new HashMap<>();
    Map<String, String> properties = new HashMap<>();
    properties.put("user.home", "someone");
    assertEquals(Paths.get("someone", ".defcon-fiji"), new Surroundings(environment, properties).defconHome());
    environment.put("DEFCON_FIJI_HOME", "elsewhere");
    assertEquals(Paths.get("elsewhere"), new Surroundings(environment, properties).defconHome());
    properties.put("defcon.fiji.home", "here");
    assertEquals(Paths.get("here"), new Surroundings(environment, properties).defconHome());
  }

  @Test
  @DisplayName("Windows' variables are found however they are spelt")
  void windows() {
    Map<String, String> environment = new HashMap<>();
    Map<String, String> properties = new HashMap<>();
    environment.put("Path", "C:\\node");
    assertEquals("", new Surroundings(environment, properties).variable("PATH"));
    properties.put("os.name", "Windows 11");
    assertEquals("C:\\node", new Surroundings(environment, properties).variable("PATH"));
  }
}
