package org.defconfiji.batch;

import ij.ImagePlus;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.defconfiji.DefconException;
import org.defconfiji.command.count.CountJob;
import org.defconfiji.command.count.CountedFrame;
import org.defconfiji.command.count.Frames;
import org.defconfiji.daemon.LastingConnection;
import org.defconfiji.daemon.LastingStream;
import org.defconfiji.files.CsvText;
import org.defconfiji.files.Digits;
import org.defconfiji.files.WholeFile;
import org.defconfiji.predict.PixelSize;
import org.defconfiji.wire.CancelledException;
import org.defconfiji.wire.Certainty;
import org.defconfiji.wire.DaemonException;
import org.defconfiji.wire.ProtocolException;
import org.defconfiji.wire.StreamOptions;

/** Counts the files of a folder, one after the other. A file that fails does not end the batch. */
final class BatchRun {
  /** The columns of NAME.counts.csv, the same as in the tables of the command line. */
  private static final List<String> COLUMNS =
      Collections.unmodifiableList(
          Arrays.asList(
              "frame", "count", "max_local_count", "count_error", "max_local_count_error", "away_from_spots",
              "unlike_training"));

  private final LastingConnection connection;
  private final String wantedModel;
  private final boolean density;
  private final boolean replace;
  private final BatchWatcher watcher;
  private final Map<String, String> problems = new LinkedHashMap<>();
  private int counted;
  private int skipped;

  /** @param model a model's name or path, or an empty string for the default model */
  BatchRun(LastingConnection connection, String model, boolean density, boolean replace, BatchWatcher watcher) {
    this.connection = connection;
    this.wantedModel = model;
    this.density = density;
    this.replace = replace;
    this.watcher = watcher;
  }

  /**
   * Counts all files.
   *
   * @throws DefconException there is no such model or the daemon is lost; earlier results are kept
   * @throws IOException the summary cannot be read or written
   */
  BatchResult run(InputFolder folder, Summary summary) throws DefconException, IOException {
    String model = modelName();
    for (Map.Entry<String, String> unreadable : folder.unreadable().entrySet())
      fail(summary, unreadable.getKey(), model, unreadable.getValue());
    Map<String, String> owners = new HashMap<>();
    int number = 0;
    for (InputFile file : folder.files()) {
      watcher.begin(++number, folder.files().size(), file.name());
      if (watcher.cancelled()) return result(summary, true);
      String owner = owners.putIfAbsent(file.stem(), file.name());
      if (owner != null) {
        fail(summary, file.name(), model, "its results would overwrite those of " + owner + ". Rename one of the two files.");
      } else if (!replace && summary.isDone(file, model, density)) {
        skipped++;
      } else {
        try {
          summary.put(file.name(), model, count(file));
          counted++;
        } catch (CancelledException cancelled) {
          return result(summary, true);
        } catch (DaemonException | ProtocolException noDaemon) {
          throw noDaemon;
        } catch (DefconException | IOException problem) {
          // Esc also stops ImageJ's own opening, and ImageJ then reports a damaged file.
          if (watcher.cancelled()) return result(summary, true);
          fail(summary, file.name(), model, problem.getMessage());
        }
      }
    }
    return result(summary, false);
  }

  private BatchResult result(Summary summary, boolean cancelled) {
    return new BatchResult(summary.path(), counted, skipped, problems, cancelled);
  }

  private void fail(Summary summary, String file, String model, String reason) throws IOException {
    problems.put(file, reason);
    summary.putProblem(file, model, reason);
  }

  private String modelName() throws DefconException {
    try (LastingStream stream = connection.openStream(StreamOptions.trial(wantedModel))) {
      return stream.model();
    }
  }

  private Statistics count(InputFile file) throws DefconException, IOException {
    ImagePlus image = ImageFile.open(file.path());
    try {
      Frames.refuseColour(image);
      Frames frames = Frames.of(image, false);
      StreamOptions options =
          new StreamOptions(
                  wantedModel, image.getWidth(), image.getHeight(), frames.format(), density, true)
              .ofPixelSize(PixelSize.of(image.getCalibration()));
      try (LastingStream stream = connection.openStream(options)) {
        return write(file, image, new CountJob(frames, stream, 0, watcher));
      }
    } catch (OutOfMemoryError full) {
      throw new IOException("ImageJ's memory is full. Give it more with Edit > Options > Memory & Threads.", full);
    } finally {
      image.close();
    }
  }

  private Statistics write(InputFile file, ImagePlus image, CountJob job) throws DefconException, IOException {
    Statistics statistics = new Statistics();
    try (WholeFile counts = WholeFile.create(file.counts());
        DensityTif maps = density ? new DensityTif(file.density(), image) : null) {
      counts.write(CsvText.line(COLUMNS));
      for (int frame = 1; job.hasNext(); frame++) {
        CountedFrame found = job.next();
        statistics.add(found);
        counts.write(CsvText.line(cells(frame, found)));
        if (maps != null) maps.add(found.density());
      }
      if (maps != null) maps.finish();
      counts.commit();
    }
    return statistics;
  }

  private static List<String> cells(int number, CountedFrame frame) {
    Certainty certainty = frame.certainty();
    return Arrays.asList(
        Integer.toString(number),
        Digits.of(frame.count()),
        Digits.of(frame.maxLocalCount()),
        Digits.of(certainty.countError()),
        Digits.of(certainty.maxLocalCountError()),
        Digits.of(certainty.away()),
        certainty.unlike());
  }
}
