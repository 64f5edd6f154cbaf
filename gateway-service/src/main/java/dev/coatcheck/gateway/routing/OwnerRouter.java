package dev.coatcheck.gateway.routing;

import dev.coatcheck.key.ImageKey;
import dev.coatcheck.key.KeySealer;

/**
 * Finds the generator that holds an image: its address is in the image's own key. A key that this
 * fleet did not seal is refused here, with no call to anything.
 */
public final class OwnerRouter {

  private static final String PREFIX = "images/";

  private final KeySealer sealer;
  private final GeneratorDirectory directory;

  public OwnerRouter(KeySealer sealer, GeneratorDirectory directory) {
    this.sealer = sealer;
    this.directory = directory;
  }

  /**
   * The holder of the image {@code name}, {@code images/{key}}.
   *
   * @throws GeneratorFailure {@code IMAGE_NOT_FOUND} if the key does not open
   */
  public GeneratorClient ownerOf(String name) throws GeneratorFailure {
    if (!name.startsWith(PREFIX)) {
      throw GeneratorFailure.notFound();
    }
    ImageKey key =
        sealer.open(name.substring(PREFIX.length())).orElseThrow(GeneratorFailure::notFound);
    return directory.clientFor(key.address());
  }
}
