package org.defconfiji.micromanager;

import java.io.Closeable;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.defconfiji.control.ControlSettings;
import org.defconfiji.control.ControlStep;
import org.defconfiji.control.Controller;
import org.defconfiji.control.LightOutput;

/**
 * Steers light by the readings of one pipeline, from its first image to its end.
 *
 * <p>A thread of its own asks the controller and sets the light, so a slow light delays nobody. It
 * gets the newest reading, and after the last one the safe output.
 */
final class LightControl implements Closeable {
  private static final long LOOK_MS = 250;

  private final Controller controller;
  private final LightOutput light;
  private final AtomicReference<Double> reading = new AtomicReference<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "DEFCoN light control");
            made.setDaemon(true);
            return made;
          });
  private final long started = System.nanoTime();
  private volatile ControlStep step;

  /** @param light is set on this control's thread; may wait */
  LightControl(ControlSettings settings, LightOutput light) {
    this.controller = new Controller(settings);
    this.light = light;
    this.step = controller.step();
    thread.scheduleAtFixedRate(() -> set(controller.wait(now())), 0, LOOK_MS, TimeUnit.MILLISECONDS);
  }

  /** Takes a reading, NaN for one that is not possible. Never waits. */
  void read(double value) {
    reading.set(value);
    run(
        () -> {
          Double newest = reading.getAndSet(null);
          if (newest != null) set(controller.read(now(), newest));
        });
  }

  /** Says that what counts is lost. Never waits. */
  void lose() {
    run(() -> set(controller.lose()));
  }

  /** What it last wanted of the light. */
  ControlStep step() {
    return step;
  }

  /** Ends the control. The light gets the safe output; this does not wait for it. */
  @Override
  public void close() {
    run(() -> set(controller.end()));
    thread.shutdown();
  }

  private void run(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException ended) {
      // The light has its safe output already, or will get it next.
    }
  }

  private void set(ControlStep wanted) {
    step = wanted;
    light.set(wanted);
  }

  private double now() {
    return (System.nanoTime() - started) / 1e9;
  }
}
