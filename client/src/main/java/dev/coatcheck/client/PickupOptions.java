package dev.coatcheck.client;

import io.grpc.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How an image is to be picked up.
 *
 * @param claim the proof of an earlier pickup that goes on; empty for none
 * @param deadline by when it must be there
 * @param patience how long to try again while nothing moves
 * @param acknowledge whether to say that it has come
 * @param listener hears how it goes
 */
record PickupOptions(
    String claim,
    Optional<Deadline> deadline,
    Duration patience,
    boolean acknowledge,
    PickupListener listener) {

  /** A pause that does not go beyond the deadline. */
  Duration atMostLeft(Duration pause) {
    return deadline
        .map(end -> Duration.ofNanos(Math.max(0, end.timeRemaining(TimeUnit.NANOSECONDS))))
        .filter(left -> left.compareTo(pause) < 0)
        .orElse(pause);
  }
}
