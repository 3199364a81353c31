package org.defconfiji.daemon;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.defconfiji.wire.DaemonException;
import org.defconfiji.wire.Endpoint;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Tag;

/** Gives the plugin discovery files that no daemon writes. */
@Tag("fuzz")
class DiscoveryFuzzTest {
  @FuzzTest(maxDuration = "", maxExecutions = 20_000)
  void anyFileIsAnAddressOrADaemonException(byte @NotNull [] bytes) throws IOException {
    Path folder = Files.createTempDirectory("defcon-fiji-");
    try {
      Files.write(folder.resolve("daemon.json"), bytes);
      Endpoint endpoint = new Discovery(folder).read();
      Assertions.assertNotNull(endpoint.uri());
    } catch (DaemonException damaged) {
      Assertions.assertNotNull(damaged.getMessage());
    } finally {
      Files.deleteIfExists(folder.resolve("daemon.json"));
      Files.delete(folder);
    }
  }
}
