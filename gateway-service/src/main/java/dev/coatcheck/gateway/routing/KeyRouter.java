package dev.coatcheck.gateway.routing;

import dev.coatcheck.key.ImageKey;
import dev.coatcheck.key.KeySealer;
import dev.coatcheck.key.UploadToken;
import dev.coatcheck.v1.ErrorReason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Finds the way to the generator that holds an image: its address is in the image's own key, and in
 * the token of who may write the image. One that this fleet did not seal is refused here, with no
 * call to anything; so is one that is older than anything of its image could be.
 */
public final class KeyRouter {

  private static final String PREFIX = "images/";

  /** The longest time to live, two hours to make and to resume it, and a tombstone's time. */
  private static final Duration MAX_LIFE = Duration.ofHours(26).plusMinutes(10);

  private final KeySealer sealer;
  private final GeneratorDirectory directory;
  private final InstantSource clock;
  private final Locator locator;

  public KeyRouter(KeySealer sealer, GeneratorDirectory directory, InstantSource clock) {
    this.sealer = sealer;
    this.directory = directory;
    this.clock = clock;
    this.locator = new Locator(directory);
  }

  /**
   * The way to the image {@code name}, {@code images/{key}}; it fails at once, with {@code
   * IMAGE_NOT_FOUND}, if the key does not open.
   */
  public Route route(String name) {
    String key = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : "";
    return route(
        sealer
            .open(key)
            .filter(this::isRecent)
            .map(opened ->
                new ImageLocation(
                    KeyDigest.sha256(key),
                    opened.incarnation(),
                    opened.address(),
                    ErrorReason.IMAGE_NOT_FOUND)),
        GeneratorFailure.notFound());
  }

  private boolean isRecent(ImageKey key) {
    return clock.instant().isBefore(key.createdAt().plus(MAX_LIFE));
  }

  /**
   * The way to the image that {@code token} may write; it fails at once, with {@code
   * UPLOAD_NOT_FOUND}, if the token does not open, or is over.
   */
  Route routeOfUpload(String token) {
    return route(
        sealer
            .openUpload(token)
            .filter(opened -> clock.instant().isBefore(opened.expiry()))
            .map(KeyRouter::sealed),
        GeneratorFailure.uploadNotFound());
  }

  private static ImageLocation sealed(UploadToken token) {
    return new ImageLocation(
        token.imageId(), token.incarnation(), token.address(), ErrorReason.UPLOAD_NOT_FOUND);
  }

  private Route route(Optional<ImageLocation> sealed, GeneratorFailure unlessOpened) {
    return sealed
        .<Route>map(opened -> new ImageRoute(opened, directory, locator))
        .orElse(failure -> CompletableFuture.failedFuture(unlessOpened));
  }
}
