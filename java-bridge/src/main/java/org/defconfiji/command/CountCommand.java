package org.defconfiji.command;

import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import ij.WindowManager;
import ij.plugin.PlugIn;
import java.awt.GraphicsEnvironment;
import java.awt.Rectangle;
import java.util.List;
import org.defconfiji.DefconException;
import org.defconfiji.command.count.CommandException;
import org.defconfiji.command.count.CountJob;
import org.defconfiji.command.count.CountedFrame;
import org.defconfiji.command.count.Frames;
import org.defconfiji.command.count.UnlikeFrames;
import org.defconfiji.command.ui.CountOptions;
import org.defconfiji.command.ui.ImageJWatcher;
import org.defconfiji.command.ui.OptionsDialog;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.daemon.LastingConnection;
import org.defconfiji.daemon.LastingStream;
import org.defconfiji.predict.PixelSize;
import org.defconfiji.ui.Wrapped;
import org.defconfiji.wire.CancelledException;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.StreamOptions;

/**
 * The common part of the counting commands: takes the active image, asks for options and counts.
 */
abstract class CountCommand implements PlugIn {
  private static final String CANCELLED = "DEFCoN: cancelled, nothing was kept";

  private final String title;
  private final boolean density;
  private final boolean maxLocalCount;

  /**
   * @param title the title of the dialog
   * @param density whether the command shows density maps
   * @param maxLocalCount whether the command shows max local counts
   */
  CountCommand(String title, boolean density, boolean maxLocalCount) {
    this.title = title;
    this.density = density;
    this.maxLocalCount = maxLocalCount;
  }

  /**
   * Shows the results.
   *
   * @param pool side of the max local count's square, pixels
   */
  abstract void show(ImagePlus image, Frames frames, List<CountedFrame> counted, int pool);

  /** Runs on the thread that ImageJ made for the command, never on the event thread. */
  @Override
  public final void run(String arg) {
    ImagePlus image = WindowManager.getCurrentImage();
    if (image == null) {
      IJ.noImage();
      return;
    }
    if (!image.lock()) return;
    try {
      count(image);
    } catch (CancelledException cancelled) {
      IJ.showStatus(CANCELLED);
    } catch (DefconException error) {
      IJ.showStatus("");
      IJ.error("DEFCoN", Wrapped.text(error.getMessage()));
    } finally {
      image.unlock();
      IJ.showProgress(1.0);
    }
  }

  private void count(ImagePlus image) throws DefconException {
    Frames.refuseColour(image);
    IJ.showStatus("DEFCoN: connecting to the daemon...");
    IJ.resetEscape();
    try (LastingConnection connection =
        new LastingConnection(Daemon.ofThisUser(), IJ::escapePressed, ImageJWatcher::showLost)) {
      Connection first = connection.current();
      IJ.showStatus("");
      CountOptions options = options(image, first);
      if (options != null) count(image, options, connection);
    }
  }

  private CountOptions options(ImagePlus image, Connection connection) throws CommandException {
    String macro = Macro.getOptions();
    if (macro != null) return CountOptions.fromMacro(macro);
    if (GraphicsEnvironment.isHeadless()) return new CountOptions("", false);
    return OptionsDialog.ask(title, image, connection.models());
  }

  private void count(ImagePlus image, CountOptions options, LastingConnection connection) throws DefconException {
    Frames frames = Frames.of(image, options.currentOnly());
    Rectangle area = frames.area();
    StreamOptions wanted =
        new StreamOptions(
                options.model(),
                area.width,
                area.height,
                frames.format(),
                density || frames.masked(),
                maxLocalCount)
            .ofPixelSize(PixelSize.of(image.getCalibration()));
    List<CountedFrame> counted;
    int pool;
    try (LastingStream stream = connection.openStream(wanted)) {
      pool = stream.pool();
      counted = new CountJob(frames, stream, maxLocalCount ? pool : 0, new ImageJWatcher()).run();
    }
    show(image, frames, counted, pool);
    tellOfUnlike(image, counted);
  }

  /** Reports unlike frames in ImageJ's log. A message box would stop a macro. */
  private static void tellOfUnlike(ImagePlus image, List<CountedFrame> counted) {
    UnlikeFrames unlike = new UnlikeFrames();
    for (CountedFrame frame : counted) unlike.add(frame.certainty());
    if (unlike.frames() > 0) IJ.log("DEFCoN, '" + image.getTitle() + "': " + unlike.sentence());
  }
}
