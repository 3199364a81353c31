package org.micromanager.data;

import org.micromanager.PropertyMap;

public interface SummaryMetadata {
  interface Builder {
    Builder userData(PropertyMap userData);

    SummaryMetadata build();
  }

  Builder copyBuilder();

  PropertyMap getUserData();
}
