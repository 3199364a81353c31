package org.micromanager.data;

import org.micromanager.PropertyMap;

public interface Metadata {
  interface Builder {
    Builder userData(PropertyMap userData);

    Metadata build();
  }

  Builder copyBuilderPreservingUUID();

  PropertyMap getUserData();

  Double getPixelSizeUm();
}
