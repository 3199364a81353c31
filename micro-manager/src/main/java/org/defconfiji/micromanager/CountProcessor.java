package org.defconfiji.micromanager;

import org.defconfiji.wire.Prediction;
import org.micromanager.data.Image;
import org.micromanager.data.Processor;
import org.micromanager.data.ProcessorContext;
import org.micromanager.data.SummaryMetadata;

/** Passes each image on at once, with the newest count there is, and then offers it to be counted. */
final class CountProcessor implements Processor {
  private final CountSettings settings;
  private final NewestFrameCounter counter;
  private long images;

  CountProcessor(CountSettings settings, NewestFrameCounter counter) {
    this.settings = settings;
    this.counter = counter;
  }

  @Override
  public SummaryMetadata processSummaryMetadata(SummaryMetadata source) {
    return CountNotes.added(source, settings);
  }

  @Override
  public void processImage(Image image, ProcessorContext context) {
    Prediction newest = counter.newest();
    context.outputImage(
        newest == null
            ? image
            : image.copyWithMetadata(CountNotes.added(image.getMetadata(), newest, settings.maxLocalCount())));
    counter.offer(new CameraFrame(image, images++));
  }

  @Override
  public void cleanup(ProcessorContext context) {
    counter.close();
  }
}
