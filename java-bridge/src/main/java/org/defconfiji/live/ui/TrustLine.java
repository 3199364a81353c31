package org.defconfiji.live.ui;

import java.awt.Color;
import java.awt.Font;
import javax.swing.JTextArea;
import javax.swing.UIManager;
import org.defconfiji.live.count.FrameCount;
import org.defconfiji.wire.Certainty;

/** Says below the counts whether the frame is like the model's training frames. */
final class TrustLine extends JTextArea {
  /** The longest reason takes two lines. */
  private static final int LINES = 2;
  private static final Color UNLIKE = new Color(0x8a4b00);

  TrustLine(Font font) {
    super(LINES, 0);
    setFont(font);
    setEditable(false);
    setFocusable(false);
    setLineWrap(true);
    setWrapStyleWord(true);
    setOpaque(false);
  }

  /** @param count null before the first one */
  void show(FrameCount count) {
    String text = count == null ? "" : text(count.certainty());
    if (!text.equals(getText())) setText(text);
    boolean unlike = count != null && !count.unlike().isEmpty();
    setForeground(unlike ? UNLIKE : UIManager.getColor("Label.foreground"));
  }

  static String text(Certainty certainty) {
    if (!certainty.isKnown()) return "It is not known how far this count can be trusted.";
    if (certainty.unlike().isEmpty()) return "The frame is like those of the training.";
    return "Unlike the training: " + certainty.unlike() + ". The error may be larger.";
  }
}
