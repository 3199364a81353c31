package org.defconfiji.micromanager;

import org.defconfiji.control.ControlStep;
import org.defconfiji.wire.Prediction;
import org.micromanager.data.Image;
import org.micromanager.data.Processor;
import org.micromanager.data.ProcessorContext;
import org.micromanager.data.SummaryMetadata;

/** Passes each image on at once, with the newest count there is, and then offers it to be counted. */
final class CountProcessor implements Processor {
  private final CountSettings settings;
  private final NewestFrameCounter counter;
  private final LightControl control;
  private long images;

  /** @param control steers light by the counts; null if none does */
  CountProcessor(CountSettings settings, NewestFrameCounter counter, LightControl control) {
    this.settings = settings;
    this.counter = counter;
    this.control = control;
  }

  @Override
  public SummaryMetadata processSummaryMetadata(SummaryMetadata source) {
    return CountNotes.added(source, settings);
  }

  @Override
  public void processImage(Image image, ProcessorContext context) {
    Prediction newest = counter.newest();
    context.outputImage(newest == null ? image : noted(image, newest));
    counter.offer(new CameraFrame(image, images++));
  }

  @Override
  public void cleanup(ProcessorContext context) {
    counter.close();
    if (control != null) control.close();
  }

  private Image noted(Image image, Prediction newest) {
    ControlStep step = control == null ? null : control.step();
    return image.copyWithMetadata(
        CountNotes.added(image.getMetadata(), newest, settings.maxLocalCount(), step));
  }
}
