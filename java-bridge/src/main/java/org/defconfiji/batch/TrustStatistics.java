package org.defconfiji.batch;

import org.defconfiji.command.count.CountedFrame;
import org.defconfiji.command.count.UnlikeFrames;
import org.defconfiji.files.Digits;

/** The cells of a batch's summary that say how far the counts of a file can be trusted. */
final class TrustStatistics {
  private final UnlikeFrames unlike = new UnlikeFrames();
  private int frames;
  private double errors;
  private double molecules;
  private double away;

  void add(CountedFrame frame) {
    if (!frame.certainty().isKnown()) return;
    unlike.add(frame.certainty());
    frames++;
    errors += frame.certainty().countError();
    molecules += frame.count();
    away += frame.certainty().away() * frame.count();
  }

  /**
   * The cells mean_count_error, away_from_spots, unlike_frames, unlike_training.
   *
   * @return empty cells if the model does not estimate errors
   */
  String[] cells() {
    if (frames == 0) return new String[] {"", "", "", ""};
    return new String[] {
      Digits.of(errors / frames),
      Digits.of(molecules > 0 ? away / molecules : 0),
      Integer.toString(unlike.frames()),
      unlike.mainReason()
    };
  }
}
