package dev.coatcheck.generator.image;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What an image is indexed by: the SHA-256 of its key, so that whoever sees the store, a log or a
 * list cannot pick anything up.
 *
 * @param hex lower-case hex
 */
public record ImageId(String hex) {

  /** The id of the image with this key. */
  public static ImageId ofKey(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return new ImageId(HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  /** The first 8 digits: what logs and lists show. */
  @Override
  public String toString() {
    return hex.substring(0, 8);
  }
}
