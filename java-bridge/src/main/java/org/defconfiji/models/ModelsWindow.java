package org.defconfiji.models;

import ij.WindowManager;
import ij.io.OpenDialog;
import ij.plugin.frame.Recorder;
import java.awt.BorderLayout;
import java.awt.Dimension;
import java.awt.FlowLayout;
import java.awt.Window;
import java.awt.event.WindowAdapter;
import java.awt.event.WindowEvent;
import java.io.File;
import java.util.List;
import java.util.function.Consumer;
import javax.swing.JButton;
import javax.swing.JFrame;
import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.JScrollPane;
import javax.swing.JSplitPane;
import javax.swing.JTable;
import javax.swing.ListSelectionModel;
import org.defconfiji.options.MacroText;
import org.defconfiji.ui.Messages;
import org.defconfiji.ui.Work;
import org.defconfiji.wire.ModelInfo;
import org.defconfiji.wire.Models;

/** Shows the list of models and the card of the selected one, with buttons to change them. */
final class ModelsWindow extends JFrame {
  private static final String TITLE = "DEFCoN models";

  private final Library library;
  private final ModelTable rows = new ModelTable();
  private final JTable table = new JTable(rows);
  private final CardPanel card;
  private final JLabel status = new JLabel(" ");
  private final JButton install = new JButton("Install from file...");
  private final JButton makeDefault = new JButton("Set default");
  private final JButton remove = new JButton("Remove...");

  private ModelsWindow(Library library) {
    super(TITLE);
    this.library = library;
    this.card = new CardPanel(library);
    table.setSelectionMode(ListSelectionModel.SINGLE_SELECTION);
    table.setFillsViewportHeight(true);
    table.getColumnModel().getColumn(1).setMaxWidth(60);
    table.getSelectionModel().addListSelectionListener(event -> select());
    install.addActionListener(event -> install());
    makeDefault.addActionListener(event -> makeDefault());
    remove.addActionListener(event -> remove());
    JPanel buttons = new JPanel(new FlowLayout(FlowLayout.LEFT));
    for (JButton button : new JButton[] {install, makeDefault, remove}) buttons.add(button);
    buttons.add(status);
    JScrollPane list = new JScrollPane(table);
    list.setPreferredSize(new Dimension(640, 130));
    card.setPreferredSize(new Dimension(640, 440));
    add(new JSplitPane(JSplitPane.VERTICAL_SPLIT, list, card), BorderLayout.CENTER);
    add(buttons, BorderLayout.SOUTH);
    setDefaultCloseOperation(DISPOSE_ON_CLOSE);
    addWindowListener(new WindowAdapter() {
      @Override
      public void windowClosed(WindowEvent event) {
        WindowManager.removeWindow(ModelsWindow.this);
      }
    });
    pack();
  }

  /** Opens the window, or brings the open one to the front. Runs on the event thread. */
  static void open(Library library) {
    Window there = WindowManager.getWindow(TITLE);
    if (there instanceof ModelsWindow) {
      ((ModelsWindow) there).load("");
      there.toFront();
      return;
    }
    ModelsWindow window = new ModelsWindow(library);
    WindowManager.addWindow(window);
    window.setLocationByPlatform(true);
    window.setVisible(true);
    window.load("");
  }

  private void load(String selected) {
    work("Asking the daemon...", library::list, models -> show(models, selected));
  }

  private void show(List<ModelInfo> models, String selected) {
    card.forget();
    rows.show(models);
    int row = Math.max(0, rows.rowOf(selected));
    if (models.isEmpty()) select();
    else table.setRowSelectionInterval(row, row);
  }

  private void select() {
    ModelInfo model = selected();
    makeDefault.setEnabled(model != null && !model.isDefault());
    remove.setEnabled(model != null && model.isInstalled());
    card.show(model == null ? "" : model.name());
  }

  private ModelInfo selected() {
    int row = table.getSelectedRow();
    return row < 0 || row >= rows.getRowCount() ? null : rows.at(row);
  }

  private void install() {
    OpenDialog dialog = new OpenDialog("Install a model");
    if (dialog.getPath() == null) return;
    File chosen = modelOf(new File(dialog.getPath()));
    String path = chosen.getPath();
    String file = chosen.getName();
    String stem = file.contains(".") ? file.substring(0, file.lastIndexOf('.')) : file;
    String name = Messages.ask(this, "What shall the model be called?", stem);
    if (name == null || name.isEmpty()) return;
    ModelInfo there = rows.rowOf(name) < 0 ? null : rows.at(rows.rowOf(name));
    boolean replace = there != null && there.isInstalled();
    if (replace && !Messages.agrees(this, "You have already installed a model " + name + ". Replace it?")) return;
    change("Reading " + file + "...", () -> library.install(path, name, replace));
    record("install=" + MacroText.value(path) + " name=" + MacroText.value(name) + (replace ? " replace" : ""));
  }

  /** A TensorFlow model is a folder, but the user can choose only a file in it. */
  private static File modelOf(File chosen) {
    return chosen.getName().equals("saved_model.pb") ? chosen.getParentFile() : chosen;
  }

  private void makeDefault() {
    String name = selected().name();
    work("Setting the default...", () -> library.setDefault(name), changed -> {
      show(changed.models(), name);
      ModelInfo model = selected();
      if (model != null && !model.isDefault())
        Messages.error(
            this,
            "This daemon was started with a list of models and still uses the first of them. " + name
                + " becomes the default when the daemon is started without a list.");
    });
    record("default=" + MacroText.value(name));
  }

  private void remove() {
    ModelInfo model = selected();
    if (!Messages.agrees(this, "Remove the model " + model.name() + "? Its file will be deleted:\n" + model.path())) return;
    change("Removing " + model.name() + "...", () -> library.remove(model.name()));
    record("remove=" + MacroText.value(model.name()));
  }

  private void change(String what, Work.Task<Models.Changed> task) {
    work(what, task, changed -> show(changed.models(), changed.name()));
  }

  private <T> void work(String what, Work.Task<T> task, Consumer<T> done) {
    status.setText(what);
    Work.begin("models", task, result -> {
      status.setText(" ");
      done.accept(result);
    }, problem -> {
      status.setText(" ");
      Messages.error(this, problem);
    });
  }

  private static void record(String options) {
    if (Recorder.record) Recorder.recordString(MacroText.call(ModelsOptions.TABLE.command(), options));
  }
}
