package dev.coatcheck.generator.image;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The reader of an image's newest stream, to ask whether it makes progress. That is not in the
 * {@link Pickup}, because it changes while nothing is decided.
 *
 * <p><b>Threading:</b> any thread.
 */
final class CurrentReader {

  private final AtomicReference<@Nullable ImageReader> newest = new AtomicReference<>();

  /** Takes the place of the reader before, unless that is a newer stream's. */
  void offer(ImageReader reader) {
    newest.accumulateAndGet(
        reader, (before, now) -> before != null && isNewer(before, now) ? before : now);
  }

  private static boolean isNewer(ImageReader one, ImageReader other) {
    return one.epoch() > other.epoch()
        || (one.epoch() == other.epoch() && one.stream() > other.stream());
  }

  /** That stream's reader, if it is the newest. */
  Optional<ImageReader> find(long epoch, long stream) {
    return Optional.ofNullable(newest.get())
        .filter(reader -> reader.epoch() == epoch && reader.stream() == stream);
  }

  /** The live stream's reader, if it has made no progress for {@code span}. */
  Optional<ImageReader> stalled(Pickup pickup, Duration span) {
    return Optional.ofNullable(newest.get())
        .filter(reader -> pickup.isLive(reader.epoch(), reader.stream()))
        .filter(reader -> reader.isStalled(span));
  }
}
