package org.micromanager.data;

public interface ProcessorContext {
  void outputImage(Image image);

  SummaryMetadata getSummaryMetadata();
}
