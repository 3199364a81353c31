package org.defconfiji.models;

import java.awt.BorderLayout;
import java.awt.image.BufferedImage;
import java.util.HashMap;
import java.util.Map;
import javax.swing.BorderFactory;
import javax.swing.ImageIcon;
import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.JScrollPane;
import javax.swing.SwingConstants;
import org.defconfiji.ui.HtmlPane;
import org.defconfiji.ui.Markdown;
import org.defconfiji.ui.Png;
import org.defconfiji.ui.Work;
import org.defconfiji.wire.ModelCard;

/** Shows the card and the picture of a model. */
final class CardPanel extends JPanel {
  /** The HTML and the picture of one model. */
  private static final class Content {
    final String html;
    final BufferedImage picture;

    Content(String html, BufferedImage picture) {
      this.html = html;
      this.picture = picture;
    }
  }

  private final Library library;
  private final HtmlPane text = new HtmlPane();
  private final JLabel picture = new JLabel("", SwingConstants.CENTER);
  private final Map<String, Content> known = new HashMap<>();
  private String shown = "";

  CardPanel(Library library) {
    super(new BorderLayout());
    this.library = library;
    picture.setBorder(BorderFactory.createEmptyBorder(8, 8, 4, 8));
    add(picture, BorderLayout.NORTH);
    add(new JScrollPane(text), BorderLayout.CENTER);
  }

  /** Shows a model's card when it is loaded. An empty name shows an empty panel. */
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

  /** Forgets loaded cards, because models were changed. */
  void forget() {
    known.clear();
  }

  private Content load(String model) throws Exception {
    ModelCard card = library.card(model);
    BufferedImage own = Png.decode(card.picture());
    return new Content(Markdown.html(card.text()), own == null ? SamplePicture.of(library, model) : own);
  }

  private void put(Content content) {
    picture.setIcon(content == null || content.picture == null ? null : new ImageIcon(content.picture));
    picture.setToolTipText("A frame and its density map by this model");
    text.body(content == null ? "" : content.html);
    revalidate();
  }
}
