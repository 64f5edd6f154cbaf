package dev.coatcheck.generator.image;

import dev.coatcheck.generator.memory.Reservation;
import dev.coatcheck.generator.memory.SegmentPool;
import dev.coatcheck.kit.sweep.Sweep;
import dev.coatcheck.v1.ErrorReason;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
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

  private static final int MAX_TOMBSTONES = 100_000;
  private static final Duration NO_ROOM_RETRY = Duration.ofSeconds(5);

  private final SegmentPool pool;
  private final Clocks time;
  private final ImageContext context;
  private final Tombstones tombstones;
  private final SecureRandom entropy;

  // state: any thread
  private final Map<ImageId, Image> held = new ConcurrentHashMap<>();
  private final Map<ImageId, Tombstone> moved = new ConcurrentHashMap<>(); // until the process ends

  public ImageStore(SegmentPool pool, Clocks time, ImageLimits limits, SecureRandom entropy) {
    this.pool = pool;
    this.time = time;
    this.context = new ImageContext(time, limits, this::newProof, this::bury);
    this.tombstones = new Tombstones(MAX_TOMBSTONES, limits.rememberEnded());
    this.entropy = entropy;
  }

  /**
   * Sets memory aside for a new image. Drops delivered images that only linger, if that is needed.
   *
   * @return the writer, which the caller must end
   * @throws ServiceException if there is no room
   */
  public ImageWriter create(ImageId id, ImageOptions terms) {
    ImageBuffer buffer = buffer("max_bytes", terms.maxBytes(), "The function was not called.");
    Image image = new Image(id, terms, context, buffer);
    buffer.tryRetain(); // the writer's share
    held.put(id, image);
    return new ImageWriter(image, buffer);
  }

  /**
   * Sets memory aside for an image that another generator hands over.
   *
   * @return what arrives, which the caller must end
   * @throws ServiceException if there is no room, or something is known of this id already
   */
  public ArrivingImage arrive(ImageId id, long sizeBytes) {
    requireUnknown(id);
    return new ArrivingImage(this, buffer("size_bytes", sizeBytes, "It stays where it is."));
  }

  Image keep(ImageId id, ImageSnapshot frozen, ImageBuffer buffer) {
    requireUnknown(id);
    Image image = Image.arrived(id, frozen, context, buffer);
    if (held.putIfAbsent(id, image) != null) {
      throw known(id);
    }
    return image;
  }

  private void requireUnknown(ImageId id) {
    if (!(find(id) instanceof Lookup.Unknown)) {
      throw known(id);
    }
  }

  private static ServiceException known(ImageId id) {
    return new ServiceException(
        Refusal.invalid("image_id", "image_id: " + id + " (expected: an image that was not here)"));
  }

  /** A buffer of one share, which is the caller's. */
  private ImageBuffer buffer(String field, long bytes, String consequence) {
    if (bytes > pool.budgetBytes()) {
      throw new ServiceException(
          Refusal.invalid(
              field,
              field
                  + ": "
                  + bytes
                  + " (expected: <= the generator's memory, "
                  + pool.budgetBytes()
                  + ")"));
    }
    Reservation reservation =
        reserve(bytes)
            .orElseThrow(() ->
                new ServiceException(
                    Refusal.passing(
                        ErrorReason.MEMORY_BUDGET_EXHAUSTED,
                        "No room for "
                            + bytes
                            + " bytes: "
                            + pool.freeBytes()
                            + " are free. "
                            + consequence,
                        NO_ROOM_RETRY)));
    return new ImageBuffer(reservation, bytes);
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
    Tombstone elsewhere = moved.get(id);
    if (elsewhere != null) {
      return new Lookup.Ended(elsewhere);
    }
    return tombstones.find(id).<Lookup>map(Lookup.Ended::new).orElseGet(Lookup.Unknown::new);
  }

  /** Those that are held now. */
  public List<Image> held() {
    return List.copyOf(held.values());
  }

  /** What stays of those that ended, but for those that moved. */
  public Map<ImageId, Tombstone> tombstones() {
    return tombstones.all();
  }

  /** Takes over what stays of an image that ended elsewhere, unless something is known of it. */
  public void remember(ImageId id, Tombstone tombstone) {
    if (find(id) instanceof Lookup.Unknown) {
      tombstones.add(id, tombstone);
    }
  }

  /** How many are held. */
  public int size() {
    return held.size();
  }

  /** Ends those that only linger, so that tombstones tell of them. */
  public void endLingering() {
    held.values().forEach(Image::endIfLingering);
  }

  /** Ends what is due. */
  public void sweep() {
    Sweep.each(held.values(), Image::endIfDue);
    tombstones.forgetOld(time);
  }

  private void bury(Image image) {
    Tombstone tombstone = image.tombstone();
    switch (tombstone.reason()) {
      case IMAGE_MOVED -> moved.put(image.id(), tombstone);
      case IMAGE_NOT_FOUND -> {} // taken back by whom it came from: nothing ended here
      default -> tombstones.add(image.id(), tombstone);
    }
    held.remove(image.id(), image); // after the tombstone, so that no look-up finds nothing
  }

  private String newProof() {
    byte[] proof = new byte[16];
    entropy.nextBytes(proof);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(proof);
  }
}
