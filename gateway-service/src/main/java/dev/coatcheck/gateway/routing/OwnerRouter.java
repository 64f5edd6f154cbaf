package dev.coatcheck.gateway.routing;

import dev.coatcheck.key.ImageKey;
import dev.coatcheck.key.KeySealer;
import dev.coatcheck.key.UploadToken;
import java.time.InstantSource;

/**
 * Finds the generator that holds an image: its address is in the image's own key, and in the token
 * of who may write the image. One that this fleet did not seal is refused here, with no call to
 * anything.
 */
public final class OwnerRouter {

  private static final String PREFIX = "images/";

  private final KeySealer sealer;
  private final GeneratorDirectory directory;
  private final InstantSource clock;

  public OwnerRouter(KeySealer sealer, GeneratorDirectory directory, InstantSource clock) {
    this.sealer = sealer;
    this.directory = directory;
    this.clock = clock;
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

  /**
   * The holder of the image that {@code token} may write.
   *
   * @throws GeneratorFailure {@code UPLOAD_NOT_FOUND} if the token does not open, or is over
   */
  GeneratorClient ownerOfUpload(String token) throws GeneratorFailure {
    UploadToken upload =
        sealer
            .openUpload(token)
            .filter(opened -> clock.instant().isBefore(opened.expiry()))
            .orElseThrow(GeneratorFailure::uploadNotFound);
    return directory.clientFor(upload.address());
  }
}
