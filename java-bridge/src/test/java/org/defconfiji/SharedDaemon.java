package org.defconfiji;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.defconfiji.daemon.Daemon;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One {@link RealDaemon} for all tests of a class. Skips them if the program is not built. */
public final class SharedDaemon implements BeforeAllCallback, AfterAllCallback {
  private final Supplier<Path> folder;
  private RealDaemon daemon;

  /** @param folder called when the tests begin, because a temporary folder does not exist before */
  public SharedDaemon(Supplier<Path> folder) {
    this.folder = folder;
  }

  public Daemon client() {
    return daemon.client();
  }

  public Path home() {
    return daemon.surroundings().defconHome();
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    Repository.assumeBuilt();
    daemon = RealDaemon.start(folder.get());
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (daemon != null) daemon.close();
  }
}
