package org.defconfiji.micromanager;

import org.defconfiji.wire.Prediction;

/** Hears of results and failures, on the thread that counts. */
interface CountWatcher {
  void counted(Prediction prediction, CameraFrame frame);

  /** @param why in a sentence */
  void failed(String why);
}
