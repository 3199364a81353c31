package org.defconfiji.batch;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files that a batch counts, sorted by name. */
final class InputFolder {
  private final List<InputFile> files = new ArrayList<>();
  private final Map<String, String> unreadable = new LinkedHashMap<>();

  private InputFolder() {}

  /** Lists a folder. Hidden files and density maps of earlier batches are left out. */
  static InputFolder look(Path input, Path output, NamePattern pattern, boolean subfolders) throws IOException {
    InputFolder found = new InputFolder();
    int depth = subfolders ? Integer.MAX_VALUE : 1;
    Files.walkFileTree(
        input,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        depth,
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            boolean hidden = !folder.equals(input) && isHidden(folder);
            return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = file.getFileName().toString();
            boolean result = name.endsWith(InputFile.DENSITY_ENDING);
            if (attributes.isRegularFile() && !isHidden(file) && !result && pattern.matches(name))
              found.files.add(new InputFile(file, input, output));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException reason) {
            found.unreadable.put(input.relativize(file).toString(), "cannot be read (" + reason + ")");
            return FileVisitResult.CONTINUE;
          }
        });
    found.files.sort(Comparator.comparing(InputFile::name));
    return found;
  }

  private static boolean isHidden(Path path) {
    return path.getFileName().toString().startsWith(".");
  }

  List<InputFile> files() {
    return files;
  }

  /** The files and folders that could not be read, and why. */
  Map<String, String> unreadable() {
    return unreadable;
  }
}
