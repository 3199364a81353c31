package org.defconfiji.train;

import ij.IJ;
import ij.ImagePlus;
import ij.WindowManager;
import ij.io.FileInfo;
import ij.plugin.FileInfoVirtualStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import org.defconfiji.DefconException;
import org.defconfiji.command.count.Frames;
import org.defconfiji.files.TifCopy;
import org.defconfiji.options.OptionException;

/** The active image, as the recording that a model is tuned to. */
final class Recording {
  private static final String COMMAND = TuneOptions.TABLE.command() + ": ";

  private final ImagePlus image;

  private Recording(ImagePlus image) {
    this.image = image;
  }

  /**
   * Takes the active image.
   *
   * @throws DefconException there is none, or it is not a stack of brightnesses
   */
  static Recording inFront() throws DefconException {
    ImagePlus image = WindowManager.getCurrentImage();
    if (image == null)
      throw new OptionException(COMMAND + "expected a stack of raw frames, found no image. Open the recording first.");
    if (image.getStackSize() < 2)
      throw new OptionException(
          COMMAND + "expected a stack of frames that follow one another, found one frame in '" + image.getTitle()
              + "'. Open the whole recording; a few hundred frames are best.");
    Frames.refuseColour(image);
    return new Recording(image);
  }

  String title() {
    return image.getTitle();
  }

  /** The frames in a file, as long as the file is needed. */
  static final class OnDisk {
    private final Path file;
    private final boolean ours;

    private OnDisk(Path file, boolean ours) {
      this.file = file;
      this.ours = ours;
    }

    Path file() {
      return file;
    }

    /** Releases the file. A copy is deleted. */
    void release() {
      if (!ours) return;
      // If the deletion fails now, it happens when Fiji ends.
      file.toFile().delete();
      file.getParent().toFile().delete();
    }
  }

  /**
   * Writes a copy, or takes the file of a virtual stack. Waits.
   *
   * @throws DefconException another command uses the image
   */
  OnDisk onDisk() throws DefconException, IOException {
    Path own = fileOfVirtualStack();
    if (own != null) return new OnDisk(own, false);
    if (!image.lock())
      throw new OptionException(COMMAND + "'" + title() + "' is in use by another command. Wait for its end.");
    IJ.showStatus("DEFCoN: copying the stack...");
    try {
      Path folder = Files.createTempDirectory("defcon-fiji");
      // The report names the recording by its file.
      Path file = folder.resolve(ModelName.portable(title()) + ".tif");
      folder.toFile().deleteOnExit();
      file.toFile().deleteOnExit();
      OnDisk copy = new OnDisk(file, true);
      try {
        TifCopy.write(image, file);
      } catch (IOException | RuntimeException failed) {
        copy.release();
        throw failed;
      }
      return copy;
    } finally {
      image.unlock();
      IJ.showStatus("");
    }
  }

  /**
   * The file that a virtual stack is read from.
   *
   * @return null for any other image
   */
  private Path fileOfVirtualStack() {
    FileInfo info = image.getOriginalFileInfo();
    boolean read = image.getStack() instanceof FileInfoVirtualStack && info != null && info.fileFormat == FileInfo.TIFF;
    if (!read || info.directory == null || info.fileName == null) return null;
    Path file = Paths.get(info.directory, info.fileName).toAbsolutePath();
    return Files.isReadable(file) ? file : null;
  }
}
