package org.defconfiji.batch;

import org.defconfiji.command.count.CountedFrame;
import org.defconfiji.command.count.UnlikeFrames;
import org.defconfiji.files.Digits;

/** What a batch's summary says of how far the counts of a file are to be trusted. */
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

  /** mean_count_error, away_from_spots, unlike_frames, unlike_training: empty where the model does not know. */
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
