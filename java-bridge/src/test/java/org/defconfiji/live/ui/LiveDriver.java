package org.defconfiji.live.ui;

import ij.IJ;
import ij.ImageJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.WindowManager;
import ij.measure.ResultsTable;
import ij.plugin.frame.RoiManager;
import ij.process.ColorProcessor;
import ij.process.ImageProcessor;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Vector;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.defconfiji.live.EventProbe;
import org.defconfiji.live.LiveCount;
import org.defconfiji.live.LiveCounts;
import org.defconfiji.live.LiveListener;
import org.defconfiji.live.LiveProcess;
import org.defconfiji.live.ThresholdState;
import org.defconfiji.live.count.FrameCount;
import org.defconfiji.live.count.RoiShape;
import org.defconfiji.live.source.FrameSource;
import org.defconfiji.live.source.LiveStatus;

/**
 * Acts as a user with a camera and compares each live count with that of Density map...
 *
 * <p>Arguments: a 16-bit stack, a model. It prints what it saw and ends with code 1 after a
 * difference.
 */
public final class LiveDriver {
  private static final int PATIENCE_MS = 60_000;
  private static final double TOLERANCE = 1e-3;

  private final String stack;
  private final String model;
  private final double[] expected;

  private LiveDriver(String stack, String model) {
    this.stack = stack;
    this.model = model;
    this.expected = densityCounts(IJ.openImage(stack));
  }

  public static void main(String[] arguments) {
    int code = 0;
    new ImageJ(ImageJ.STANDALONE);
    try (EventProbe probe = new EventProbe()) {
      new LiveDriver(arguments[0], arguments[1]).drive();
      System.out.printf("longest wait for the event thread %.0f ms%n", probe.longestMs());
      check(probe.longestMs() < 2_000, "the event thread was kept");
    } catch (Throwable trouble) {
      trouble.printStackTrace(System.out);
      code = 1;
    }
    System.out.flush();
    Runtime.getRuntime().halt(code);
  }

  private void drive() throws Exception {
    int listeners = listeners();
    scrolled();
    appended();
    updatedInPlace();
    paused();
    otherSize();
    colour();
    selections();
    hooks();
    killed();
    restartedByStop(listeners);
  }

  private double[] densityCounts(ImagePlus image) {
    image.show();
    ResultsTable.getResultsTable().reset();
    IJ.run(image, "Density map...", "load=[" + model + "]");
    double[] counts = new double[image.getStackSize()];
    for (int i = 0; i < counts.length; i++) counts[i] = ResultsTable.getResultsTable().getValue("Exact count", i);
    closeAll();
    return counts;
  }

  private static void closeAll() {
    for (int id : WindowManager.getIDList() == null ? new int[0] : WindowManager.getIDList()) {
      ImagePlus image = WindowManager.getImage(id);
      image.changes = false;
      image.close();
    }
  }

  private void live(String more) {
    IJ.run("Live count...", "model=[" + model + "] nolog " + more);
  }

  private static FrameCount latest() {
    return LiveWindow.find().session().latest();
  }

  private void expectCount(String what, double count) {
    until(what, () -> latest() != null && Math.abs(latest().count() - count) < TOLERANCE);
    System.out.println("ok: " + what);
  }

  private void scrolled() {
    ImagePlus image = IJ.openImage(stack);
    image.show();
    live("");
    expectCount("the slice that is shown", expected[0]);
    for (int slice = 2; slice <= image.getStackSize(); slice++) {
      image.setSlice(slice);
      expectCount("slice " + slice + " after scrolling", expected[slice - 1]);
      check(latest().slice() == slice, "the slice is " + latest().slice());
    }
    closeAll();
  }

  private void appended() {
    ImageStack frames = IJ.openImage(stack).getStack();
    ImageStack growing = new ImageStack(frames.getWidth(), frames.getHeight());
    growing.addSlice(frames.getProcessor(1).duplicate());
    ImagePlus image = new ImagePlus("growing", growing);
    image.show();
    expectCount("a stack of one slice", expected[0]);
    for (int slice = 2; slice <= frames.getSize(); slice++) {
      image.getStack().addSlice(frames.getProcessor(slice).duplicate());
      if (slice == 2) image.setStack(image.getStack().getSize() == 2 ? image.getStack() : twoSlices(frames));
      image.updateAndDraw();
      expectCount("slice " + slice + " when it is appended", expected[slice - 1]);
    }
    closeAll();
  }

  /** The stack of a single image is a copy, so a longer one must be set. */
  private static ImageStack twoSlices(ImageStack frames) {
    ImageStack two = new ImageStack(frames.getWidth(), frames.getHeight());
    for (int slice = 1; slice <= 2; slice++) two.addSlice(frames.getProcessor(slice).duplicate());
    return two;
  }

  private void updatedInPlace() {
    ImageStack frames = IJ.openImage(stack).getStack();
    ImagePlus image = new ImagePlus("camera", frames.getProcessor(1).duplicate());
    image.show();
    expectCount("a camera's first frame", expected[0]);
    short[] pixels = (short[]) image.getProcessor().getPixels();
    System.arraycopy(frames.getPixels(2), 0, pixels, 0, pixels.length);
    image.updateAndDraw();
    expectCount("a frame that is told of", expected[1]);
    System.arraycopy(frames.getPixels(3), 0, pixels, 0, pixels.length);
    expectCount("a frame that nobody tells of", expected[2]);
    long counted = LiveWindow.find().session().statistics().results();
    image.setDisplayRange(0, 100);
    image.updateAndDraw();
    IJ.wait(500);
    check(counted == LiveWindow.find().session().statistics().results(), "another contrast is no new frame");
  }

  private void paused() {
    ImageStack frames = IJ.openImage(stack).getStack();
    ImagePlus image = WindowManager.getImage("camera");
    IJ.run("Live count...", "pause");
    for (int slice = 1; slice <= 4; slice++) {
      image.setProcessor(frames.getProcessor(slice).duplicate());
      IJ.wait(100);
    }
    check(Math.abs(latest().count() - expected[2]) < TOLERANCE, "nothing is counted while paused");
    IJ.run("Live count...", "resume");
    expectCount("the newest frame after a pause", expected[3]);
  }

  private void otherSize() {
    ImageProcessor frame = IJ.openImage(stack).getProcessor();
    frame.setRoi(3, 2, 24, 20);
    ImageProcessor small = frame.crop();
    ImagePlus again = new ImagePlus("small", small.duplicate());
    double wanted = densityCounts(again)[0];
    ImagePlus image = new ImagePlus("camera", frame.duplicate());
    image.show();
    expectCount("a new image", expected[0]);
    image.setProcessor(small);
    expectCount("the same image with another size", wanted);
    ImagePlus other = new ImagePlus("eight", small.convertToByte(true));
    double bytes = densityCounts(other)[0];
    ImagePlus shown = new ImagePlus("eight", small.convertToByte(true));
    shown.show();
    expectCount("an image of 8 bits", bytes);
    closeAll();
  }

  private void colour() {
    ImagePlus image = new ImagePlus("colours", new ColorProcessor(16, 16));
    image.show();
    until("the sentence about colours", () -> status().text().contains("RGB image has no single brightness"));
    closeAll();
    until("the sentence about no image", () -> status() == FrameSource.NO_IMAGE);
    ImagePlus grey = IJ.openImage(stack);
    grey.show();
    expectCount("a grey image after it", expected[0]);
  }

  private static LiveStatus status() {
    return LiveWindow.find().session().status();
  }

  private void selections() {
    ImagePlus image = WindowManager.getCurrentImage();
    image.setRoi(4, 4, 12, 10);
    RoiManager manager = new RoiManager();
    manager.addRoi(new ij.gui.OvalRoi(10, 10, 15, 12));
    manager.getRoi(0).setName("cell");
    until("both selections' counts", () -> latest().rois().size() == 2);
    FrameCount count = latest();
    List<RoiShape> shapes = RoiShape.on(image);
    float[] density = count.density();
    check(shapes.size() == 2, "two selections");
    double sum = 0;
    for (int y = 4; y < 14; y++) for (int x = 4; x < 16; x++) sum += density[y * image.getWidth() + x];
    check(Math.abs(sum - count.rois().get("selection")) < TOLERANCE, "the rectangle's count");
    double whole = 0;
    for (float value : density) whole += value;
    check(Math.abs(whole - count.count()) < TOLERANCE, "the map belongs to the count");
    check(count.rois().containsKey("cell"), "the manager's name");
    manager.close();
    image.deleteRoi();
    until("no selection", () -> latest().rois().isEmpty());
    System.out.println("ok: selections");
    closeAll();
  }

  private void hooks() throws Exception {
    double low = Math.min(expected[0], expected[1]);
    double high = Math.max(expected[0], expected[1]);
    int bright = expected[0] > expected[1] ? 1 : 2;
    Path told = Files.createTempFile("told", ".txt");
    AtomicReference<LiveCount> heard = new AtomicReference<>();
    LiveListener listener = heard::set;
    LiveCounts.addListener(listener);
    ImagePlus image = IJ.openImage(stack);
    image.setSlice(3 - bright);
    image.show();
    String macro = "File.append(getArgument(), '" + told + "');";
    live("high=" + (low + high) / 2 + " macro=[" + macro + "]");
    expectCount("the darker frame", low);
    image.setSlice(bright);
    expectCount("the brighter frame", high);
    until("the macro", () -> size(told) > 0);
    String said = new String(Files.readAllBytes(told)).trim();
    check(said.startsWith("state=high count="), said);
    check(said.contains(" slice=" + bright + " "), said);
    until("the listener", () -> heard.get() != null && heard.get().state() == ThresholdState.HIGH);
    String count = IJ.runMacro("return call('org.defconfiji.live.LiveCounts.get', 'count');");
    check(Math.abs(Double.parseDouble(count) - high) < TOLERANCE, count);
    LiveCounts.removeListener(listener);
    System.out.println("ok: macro and listener");
    closeAll();
  }

  private static long size(Path file) {
    return file.toFile().length();
  }

  private void killed() throws Exception {
    ImageStack frames = IJ.openImage(stack).getStack();
    ImagePlus image = new ImagePlus("camera", frames.getProcessor(1).duplicate());
    image.show();
    live("");
    expectCount("before the kill", expected[0]);
    int pid = LiveProcess.daemonPid();
    long start = System.nanoTime();
    LiveProcess.kill("KILL", pid);
    image.setProcessor(frames.getProcessor(2).duplicate());
    expectCount("a frame after the daemon was killed", expected[1]);
    System.out.printf("counted %.2f s after the kill%n", (System.nanoTime() - start) / 1e9);
    check(LiveProcess.daemonPid() != pid, "another daemon");
    closeAll();
  }

  private void restartedByStop(int listeners) throws Exception {
    IJ.run("Live count...", "stop");
    check(LiveWindow.find() == null, "the window is closed");
    until("the end of all threads", () -> threads() == 0);
    check(listeners() == listeners, "no listener is left");
    System.out.println("ok: nothing is left");
  }

  private static int threads() {
    int live = 0;
    for (Thread thread : Thread.getAllStackTraces().keySet()) if (thread.getName().startsWith("DEFCoN live")) live++;
    return live;
  }

  private static int listeners() throws Exception {
    Field field = ImagePlus.class.getDeclaredField("listeners");
    field.setAccessible(true);
    return ((Vector<?>) field.get(null)).size();
  }

  private static void check(boolean holds, String what) {
    if (!holds) throw new AssertionError(what);
  }

  private static void until(String what, BooleanSupplier happened) {
    long deadline = System.nanoTime() + PATIENCE_MS * 1_000_000L;
    while (!happened.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        LiveWindow window = LiveWindow.find();
        String status = window == null ? "no window" : window.session().status().text();
        String count = window == null || latest() == null ? "none" : String.valueOf(latest().count());
        throw new AssertionError("waited in vain for " + what + "; status: " + status + "; count: " + count);
      }
      IJ.wait(5);
    }
  }
}
