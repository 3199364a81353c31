package org.defconfiji.models;

import ij.process.FloatProcessor;
import java.util.List;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.ModelCard;
import org.defconfiji.wire.ModelInfo;
import org.defconfiji.wire.Models;
import org.defconfiji.wire.PixelFormat;
import org.defconfiji.wire.Prediction;
import org.defconfiji.wire.Stream;
import org.defconfiji.wire.StreamOptions;
import org.defconfiji.wire.WireException;

/**
 * The daemon's models. Every method waits.
 *
 * <p>Each question has a connection of its own, because the window may stay open for days.
 */
final class Library {
  private final Daemon daemon;

  Library(Daemon daemon) {
    this.daemon = daemon;
  }

  List<ModelInfo> list() throws WireException {
    try (Connection connection = daemon.connect()) {
      return connection.models();
    }
  }

  ModelCard card(String name) throws WireException {
    try (Connection connection = daemon.connect()) {
      return connection.library().card(name);
    }
  }

  Models.Changed install(String path, String name, boolean replace) throws WireException {
    return change(models -> models.install(path, name, replace));
  }

  Models.Changed remove(String name) throws WireException {
    return change(models -> models.remove(name));
  }

  Models.Changed setDefault(String name) throws WireException {
    return change(models -> models.setDefault(name));
  }

  private interface Change {
    Models.Changed in(Models models) throws WireException;
  }

  private Models.Changed change(Change change) throws WireException {
    try (Connection connection = daemon.connect()) {
      return change.in(connection.library());
    }
  }

  /**
   * Computes the density map of a frame.
   *
   * @param frame 8-bit pixels, row by row
   */
  FloatProcessor density(String name, byte[] frame, int width, int height) throws WireException {
    StreamOptions options = new StreamOptions(name, width, height, PixelFormat.UINT8, true, false);
    try (Connection connection = daemon.connect();
        Stream stream = connection.openStream(options)) {
      Prediction prediction = stream.predict(frame);
      return new FloatProcessor(width, height, prediction.density());
    }
  }
}
