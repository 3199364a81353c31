package org.micromanager.data;

public interface Processor {
  default SummaryMetadata processSummaryMetadata(SummaryMetadata source) {
    return source;
  }

  void processImage(Image image, ProcessorContext context);

  default void cleanup(ProcessorContext context) {}
}
