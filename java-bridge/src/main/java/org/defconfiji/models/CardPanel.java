package org.defconfiji.models;

import java.awt.BorderLayout;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.swing.BorderFactory;
import javax.swing.ImageIcon;
import javax.swing.JEditorPane;
import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.JScrollPane;
import javax.swing.SwingConstants;
import javax.swing.UIManager;
import org.defconfiji.windows.Markdown;
import org.defconfiji.windows.Work;
import org.defconfiji.wire.ModelCard;

/** A model's card and its picture. */
final class CardPanel extends JPanel {
  private static final String STYLE =
      "<style>body {font-family: sans-serif; font-size: %dpt; margin: 6px} h1 {font-size: 130%%; margin: 0}"
          + " h2, h3 {font-size: 110%%; margin: 8px 0 2px 0} p {margin: 4px 0} td, th {padding: 1px 6px;"
          + " text-align: left} th {font-weight: bold}</style>";

  /** What the panel shows of a model. */
  private static final class Content {
    final String html;
    final BufferedImage picture;

    Content(String html, BufferedImage picture) {
      this.html = html;
      this.picture = picture;
    }
  }

  private final Library library;
  private final JEditorPane text = new JEditorPane("text/html", "");
  private final JLabel picture = new JLabel("", SwingConstants.CENTER);
  private final Map<String, Content> known = new HashMap<>();
  private String shown = "";

  CardPanel(Library library) {
    super(new BorderLayout());
    this.library = library;
    text.setEditable(false);
    picture.setBorder(BorderFactory.createEmptyBorder(8, 8, 4, 8));
    add(picture, BorderLayout.NORTH);
    add(new JScrollPane(text), BorderLayout.CENTER);
  }

  /** Shows a model's card once it is there, or an empty panel for an empty name. */
  void show(String model) {
    shown = model;
    Content content = known.get(model);
    if (content != null || model.isEmpty()) {
      put(content);
      return;
    }
    put(new Content("<p>Asking the daemon...</p>", null));
    Work.begin("card", () -> load(model), loaded -> {
      known.put(model, loaded);
      if (shown.equals(model)) put(loaded);
    }, problem -> {
      if (shown.equals(model)) put(new Content(Markdown.html(problem), null));
    });
  }

  /** Forgets what it knows, since models were changed. */
  void forget() {
    known.clear();
  }

  private Content load(String model) throws Exception {
    ModelCard card = library.card(model);
    BufferedImage own = decode(card.picture());
    return new Content(Markdown.html(card.text()), own == null ? SamplePicture.of(library, model) : own);
  }

  /** @return null where there is none, or one that is damaged */
  private static BufferedImage decode(byte[] png) throws IOException {
    return png.length == 0 ? null : ImageIO.read(new ByteArrayInputStream(png));
  }

  private void put(Content content) {
    picture.setIcon(content == null || content.picture == null ? null : new ImageIcon(content.picture));
    picture.setToolTipText("A frame, and the density map that the model makes of it");
    Font font = UIManager.getFont("Label.font");
    String style = String.format(STYLE, font == null ? 10 : Math.max(8, font.getSize() - 2));
    text.setText("<html><head>" + style + "</head><body>" + (content == null ? "" : content.html) + "</body></html>");
    text.setCaretPosition(0);
    revalidate();
  }
}
