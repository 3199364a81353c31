package org.defconfiji.train;

import org.defconfiji.wire.Connection;
import org.defconfiji.wire.WireException;

/** Installs a trained model and makes it the default. */
final class ModelUse {
  private ModelUse() {}

  /** @param replace whether it may replace a model of that name that the user installed */
  static void of(Connection connection, String path, String name, boolean replace) throws WireException {
    String installed = connection.library().install(path, name, replace).name();
    connection.library().setDefault(installed);
  }
}
