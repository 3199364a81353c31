package org.defconfiji.train;

import java.awt.Graphics2D;
import java.awt.GridLayout;
import java.awt.image.BufferedImage;
import javax.swing.BorderFactory;
import javax.swing.ImageIcon;
import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.SwingConstants;

/** Shows a frame of the recording beside a simulated one. Runs on the event thread. */
final class TwoPictures extends JPanel {
  /** Small pictures are enlarged by a whole number to about this side, pixels. */
  private static final int SIDE = 192;

  private final JLabel recording = label("recording");
  private final JLabel simulation = label("simulation of it");

  TwoPictures() {
    super(new GridLayout(1, 0, 6, 0));
    setBorder(BorderFactory.createEmptyBorder(4, 4, 4, 4));
    add(recording);
    add(simulation);
    setVisible(false);
  }

  /** Shows both pictures. If one is missing, nothing changes. */
  void show(BufferedImage own, BufferedImage simulated) {
    if (own == null || simulated == null) return;
    recording.setIcon(new ImageIcon(enlarged(own)));
    simulation.setIcon(new ImageIcon(enlarged(simulated)));
    setVisible(true);
  }

  private static JLabel label(String caption) {
    JLabel label = new JLabel(caption, SwingConstants.CENTER);
    label.setHorizontalTextPosition(SwingConstants.CENTER);
    label.setVerticalTextPosition(SwingConstants.BOTTOM);
    return label;
  }

  private static BufferedImage enlarged(BufferedImage picture) {
    int factor = Math.max(1, SIDE / Math.max(picture.getWidth(), picture.getHeight()));
    int width = factor * picture.getWidth();
    int height = factor * picture.getHeight();
    BufferedImage large = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = large.createGraphics();
    graphics.drawImage(picture, 0, 0, width, height, null);
    graphics.dispose();
    return large;
  }
}
