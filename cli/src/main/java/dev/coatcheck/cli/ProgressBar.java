package dev.coatcheck.cli;

import dev.coatcheck.client.CoatcheckException;
import java.time.Duration;

/** How a pickup goes, as a bar in the last line of a terminal. */
final class ProgressBar implements GetOutput {

  private static final Duration EVERY = Duration.ofMillis(100);
  private static final int WIDEST = 30;
  private static final int NARROWEST = 8;
  private static final int TEXT = 48;
  private static final String CLEAR = "\r\033[K";

  private final Printer err;
  private final int columns;

  // state, under this
  private final GetProgress progress = new GetProgress(EVERY);

  ProgressBar(Printer err, int columns) {
    this.err = err;
    this.columns = columns;
  }

  @Override
  public synchronized void named(String name) {
    write("the image is being made");
  }

  @Override
  public synchronized void size(long sizeBytes) {
    progress.size(sizeBytes);
  }

  @Override
  public synchronized void progressed(long receivedBytes, long sizeBytes) {
    if (progress.isToBeTold(receivedBytes, sizeBytes)) {
      draw();
    }
  }

  private void draw() {
    write(bar(progress.fraction()) + " " + progress.text());
  }

  private void write(String line) {
    err.text(CLEAR + line.substring(0, Math.min(line.length(), columns - 1)));
  }

  private String bar(double fraction) {
    int width = Math.min(WIDEST, columns - TEXT);
    if (width < NARROWEST) {
      return "";
    }
    if (fraction < 0) {
      return "[" + " ".repeat(width) + "]  -- ";
    }
    int full = (int) (fraction * width);
    return "[%s%s] %3d%%"
        .formatted("#".repeat(full), ".".repeat(width - full), (int) (fraction * 100));
  }

  @Override
  public synchronized void interrupted(CoatcheckException why, Duration pause) {
    write(GetOutput.interruption(why, pause)); // what comes next takes its place
  }

  @Override
  public synchronized void done(long sizeBytes, String sha256, String file) {
    draw();
    err.line("");
    err.line("%s: %s, SHA-256 %s".formatted(file, Amounts.bytes(sizeBytes), sha256));
  }

  @Override
  public synchronized void failed(int exitCode, String reason, String message, String resume) {
    err.line("");
    GetOutput.tellFailure(err, message, resume);
  }
}
