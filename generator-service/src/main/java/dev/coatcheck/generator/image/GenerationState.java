package dev.coatcheck.generator.image;

import java.time.Instant;

/** How far the producer of an image has come. */
sealed interface GenerationState {

  /** The image's size, or -1 while it is not known. */
  default long sizeBytes() {
    return -1;
  }

  /** The function was called. Then {@link Complete} or {@link Failed}. */
  record Generating() implements GenerationState {}

  /**
   * All bytes are here; the end.
   *
   * @param sizeBytes how many
   * @param sha256 of all of them, in lower-case hex
   * @param sinceNanos when, to measure from
   * @param since when, to show
   */
  record Complete(long sizeBytes, String sha256, long sinceNanos, Instant since)
      implements GenerationState {}

  /** There will be no image; the end. */
  record Failed(Refusal failure) implements GenerationState {}
}
