package org.defconfiji.microscope;

import ij.IJ;
import ij.ImagePlus;
import ij.measure.Calibration;
import ij.process.ShortProcessor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.defconfiji.control.ControlStep;
import org.defconfiji.control.LightOutput;
import org.defconfiji.daemon.RunningProgram;
import org.defconfiji.live.LiveControls;
import org.defconfiji.ui.Wrapped;

/**
 * Shows the frames of the simulated microscope in an image, and gives it the light of the control.
 *
 * <p>It has a thread of its own, which ends when the image is closed.
 */
final class SimulatedCamera implements LightOutput {
  static final String TITLE = "Simulated microscope";

  private final RunningProgram program;
  private final OutputStream light;
  private ImagePlus image;

  private SimulatedCamera(RunningProgram program) {
    this.program = program;
    this.light = program.input();
  }

  /**
   * Starts to show frames.
   *
   * @param light until a control sets it
   */
  static void start(RunningProgram program, double light) {
    SimulatedCamera camera = new SimulatedCamera(program);
    camera.send(light);
    LiveControls.addOutput(camera);
    Thread thread = new Thread(camera::film, "DEFCoN simulated microscope");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void set(ControlStep step) {
    send(step.output());
  }

  private synchronized void send(double output) {
    try {
      light.write(String.format(Locale.ROOT, "%.6f%n", output).getBytes(StandardCharsets.UTF_8));
      light.flush();
    } catch (IOException ended) {
      LiveControls.removeOutput(this);
    }
  }

  private void film() {
    try {
      FramePipe pipe = new FramePipe(program.output());
      for (FramePipe.Frame frame = pipe.next(); frame != null; frame = pipe.next()) if (!show(frame)) return;
      String said = program.errors();
      if (!said.isEmpty()) IJ.error("DEFCoN", Wrapped.text(said));
    } catch (IOException broken) {
      IJ.error("DEFCoN", Wrapped.text("The simulated microscope ended: " + broken.getMessage()));
    } finally {
      LiveControls.removeOutput(this);
      end();
    }
  }

  /** Shows a frame. @return whether the image is still open */
  private boolean show(FramePipe.Frame frame) {
    ShortProcessor pixels = new ShortProcessor(frame.width, frame.height, frame.pixels, null);
    if (image == null) {
      image = new ImagePlus(TITLE, pixels);
      calibrate(image.getCalibration(), frame.pixelSize);
      image.show();
      return true;
    }
    if (!image.isVisible()) return false;
    image.setProcessor(pixels);
    image.changes = false;
    return true;
  }

  private static void calibrate(Calibration calibration, double pixelSize) {
    if (pixelSize <= 0) return;
    calibration.pixelWidth = pixelSize / 1000;
    calibration.pixelHeight = pixelSize / 1000;
    calibration.setUnit("um");
  }

  private void end() {
    try {
      program.close();
    } catch (IOException left) {
      IJ.log("DEFCoN: " + left.getMessage());
    }
  }
}
