package dev.coatcheck.generator.rpc;

import dev.coatcheck.generator.image.Image;
import dev.coatcheck.generator.image.ImageId;
import dev.coatcheck.generator.image.ImageStore;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.image.ServiceException;
import dev.coatcheck.generator.image.Tombstone;
import dev.coatcheck.key.ImageKey;
import dev.coatcheck.key.KeySealer;
import dev.coatcheck.v1.ErrorReason;
import java.security.SecureRandom;
import java.time.InstantSource;

/** The resource names, {@code images/{key}}: makes new ones, and finds what they name. */
public final class ImageNames {

  private static final String PREFIX = "images/";

  private final KeySealer sealer;
  private final SecureRandom entropy;
  private final InstantSource wall;
  private final long incarnation;
  private final String address;
  private final ImageStore store;

  /**
   * Names the images of one run of one generator.
   *
   * @param address where gateways reach it, {@code host:port}
   */
  public ImageNames(
      KeySealer sealer,
      SecureRandom entropy,
      InstantSource wall,
      long incarnation,
      String address,
      ImageStore store) {
    this.sealer = sealer;
    this.entropy = entropy;
    this.wall = wall;
    this.incarnation = incarnation;
    this.address = address;
    this.store = store;
  }

  /** A name that nobody has. */
  String fresh() {
    return PREFIX + sealer.seal(ImageKey.create(entropy, wall.instant(), incarnation, address));
  }

  /** What the image of this name is indexed by. */
  public static ImageId id(String name) {
    if (!name.startsWith(PREFIX)
        || name.length() == PREFIX.length()
        || name.length() > PREFIX.length() + KeySealer.MAX_LENGTH) {
      throw notFound();
    }
    return ImageId.ofKey(name.substring(PREFIX.length()));
  }

  ImageStore.Lookup find(String name) {
    return store.find(id(name));
  }

  /**
   * The image of this name, which is held.
   *
   * @throws ServiceException that tells what became of it
   */
  Image held(String name) {
    return switch (find(name)) {
      case ImageStore.Lookup.Held(Image image) -> image;
      case ImageStore.Lookup.Ended(Tombstone tombstone) ->
          throw new ServiceException(tombstone.refusal());
      case ImageStore.Lookup.Unknown() -> throw notFound();
    };
  }

  static ServiceException notFound() {
    return new ServiceException(
        Refusal.of(
            ErrorReason.IMAGE_NOT_FOUND,
            "There is no image of this name. It may have been forgotten since."));
  }
}
