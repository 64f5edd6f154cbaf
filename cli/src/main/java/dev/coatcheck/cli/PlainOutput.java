package dev.coatcheck.cli;

import dev.coatcheck.client.CoatcheckException;
import java.time.Duration;

/** How a pickup goes, as plain lines: where nobody watches a terminal. */
final class PlainOutput implements GetOutput {

  private static final Duration EVERY = Duration.ofSeconds(2);

  private final Printer err;

  // state, under this
  private final GetProgress progress = new GetProgress(EVERY);

  PlainOutput(Printer err) {
    this.err = err;
  }

  @Override
  public void named(String name) {
    err.line("the image is being made");
  }

  @Override
  public synchronized void size(long sizeBytes) {
    progress.size(sizeBytes);
  }

  @Override
  public synchronized void progressed(long receivedBytes, long sizeBytes) {
    if (progress.isToBeTold(receivedBytes, sizeBytes)) {
      err.line(progress.text());
    }
  }

  @Override
  public void interrupted(CoatcheckException why, Duration pause) {
    err.line(GetOutput.interruption(why, pause));
  }

  @Override
  public void done(long sizeBytes, String sha256, String file) {
    err.line("%s: %s, SHA-256 %s".formatted(file, Amounts.bytes(sizeBytes), sha256));
  }

  @Override
  public void failed(int exitCode, String reason, String message, String resume) {
    GetOutput.tellFailure(err, message, resume);
  }
}
