package dev.coatcheck.cli.tails;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Takes what a process prints to a file, at a pace, so that the process is held up by its pipe;
 * from some point on nothing, until the process has ended.
 *
 * <p><b>Threading:</b> has a thread of its own.
 */
final class Pump {

  private final FutureTask<Void> task;

  private Pump(FutureTask<Void> task) {
    this.task = task;
  }

  static Pump start(Process process, Path path, long bytesPerSecond, long stopAt) {
    FutureTask<Void> task =
        new FutureTask<>(() -> {
          pump(process, path, bytesPerSecond, stopAt);
          return null;
        });
    Thread.ofPlatform().name("pump of " + process.pid()).start(task);
    return new Pump(task);
  }

  private static void pump(Process process, Path path, long bytesPerSecond, long stopAt)
      throws IOException, InterruptedException {
    try (InputStream printed = process.getInputStream();
        OutputStream out = new FileOutputStream(path.toFile())) {
      if (!new PacedFile(out, bytesPerSecond, stopAt).take(printed)) {
        process.waitFor();
        printed.transferTo(out);
      }
    }
  }

  /** Waits until all that was printed is in the file; the process has ended. */
  void await() throws IOException, InterruptedException {
    try {
      task.get();
    } catch (ExecutionException e) {
      throw new IOException("what the client printed", e.getCause());
    }
  }
}
