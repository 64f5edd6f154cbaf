package dev.coatcheck.generator.image;

import dev.coatcheck.generator.memory.Reservation;
import dev.coatcheck.generator.memory.SegmentPool;
import dev.coatcheck.v1.ErrorReason;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All images of this generator, and what stays of those that ended.
 *
 * <p><b>Threading:</b> any thread. {@link #sweep} is called every second or so by one.
 */
public final class ImageStore {

  /** What is known of an id. */
  public sealed interface Lookup {
    /** It is held. */
    record Held(Image image) implements Lookup {}

    /** It was held. */
    record Ended(Tombstone tombstone) implements Lookup {}

    /** Nothing. */
    record Unknown() implements Lookup {}
  }

  private static final int MOST_TOMBSTONES = 100_000;
  private static final Duration NO_ROOM_RETRY = Duration.ofSeconds(5);

  private final SegmentPool pool;
  private final Timekeeper time;
  private final ImageLimits limits;
  private final Tombstones tombstones;
  private final SecureRandom entropy;

  // state: any thread
  private final Map<ImageId, Image> held = new ConcurrentHashMap<>();

  public ImageStore(SegmentPool pool, Timekeeper time, ImageLimits limits, SecureRandom entropy) {
    this.pool = pool;
    this.time = time;
    this.limits = limits;
    this.tombstones = new Tombstones(MOST_TOMBSTONES, limits.rememberEnded());
    this.entropy = entropy;
  }

  /**
   * Sets memory aside for a new image. Drops delivered images that only linger, if that is needed.
   *
   * @return the writer, which the caller must end
   * @throws RefusedException if there is no room
   */
  public ImageWriter create(ImageId id, ImageTerms terms) {
    if (terms.maxBytes() > pool.budgetBytes()) {
      throw new RefusedException(
          Refusal.invalid(
              "max_bytes",
              "max_bytes: "
                  + terms.maxBytes()
                  + " (expected: <= the generator's memory, "
                  + pool.budgetBytes()
                  + ")"));
    }
    Reservation reservation =
        reserve(terms.maxBytes())
            .orElseThrow(() ->
                new RefusedException(
                    Refusal.passing(
                        ErrorReason.MEMORY_BUDGET_EXHAUSTED,
                        "No room for "
                            + terms.maxBytes()
                            + " bytes: "
                            + pool.freeBytes()
                            + " are free. The function was not called.",
                        NO_ROOM_RETRY)));
    ImageBuffer buffer = new ImageBuffer(reservation, terms.maxBytes());
    Image image = new Image(id, terms, time, limits, this::newProof, this::bury, buffer);
    buffer.tryRetain(); // the writer's share
    held.put(id, image);
    return new ImageWriter(image, buffer);
  }

  private Optional<Reservation> reserve(long bytes) {
    Optional<Reservation> reservation = pool.tryReserve(bytes);
    if (reservation.isPresent()) {
      return reservation;
    }
    for (Image image : held.values()) {
      if (image.endIfLingering()) {
        reservation = pool.tryReserve(bytes);
        if (reservation.isPresent()) {
          return reservation;
        }
      }
    }
    return Optional.empty();
  }

  /** What is known of {@code id}. */
  public Lookup find(ImageId id) {
    Image image = held.get(id);
    if (image != null) {
      return image.isGone() ? new Lookup.Ended(image.tombstone()) : new Lookup.Held(image);
    }
    return tombstones.find(id).<Lookup>map(Lookup.Ended::new).orElseGet(Lookup.Unknown::new);
  }

  /** How many are held. */
  public int size() {
    return held.size();
  }

  /** Ends what is due. */
  public void sweep() {
    for (Image image : held.values()) {
      image.endIfDue();
    }
    tombstones.forgetOld(time);
  }

  private void bury(Image image) {
    tombstones.add(image.id(), image.tombstone());
    held.remove(image.id(), image); // after the tombstone, so that no look-up finds nothing
  }

  private String newProof() {
    byte[] proof = new byte[16];
    entropy.nextBytes(proof);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(proof);
  }
}
