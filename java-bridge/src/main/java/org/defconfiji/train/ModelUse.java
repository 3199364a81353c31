package org.defconfiji.train;

import org.defconfiji.wire.Connection;
import org.defconfiji.wire.WireException;

/** Makes a trained model one that counts: it is installed under its name and becomes the default. */
final class ModelUse {
  private ModelUse() {}

  /** @param replace whether it takes the place of a model that the user installed under that name */
  static void of(Connection connection, String path, String name, boolean replace) throws WireException {
    String installed = connection.library().install(path, name, replace).name();
    connection.library().setDefault(installed);
  }
}
