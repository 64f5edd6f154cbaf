package dev.coatcheck.gateway.routing;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** How an image is called in a log: the first 8 hex digits of the SHA-256 of its key. */
public final class KeyDigest {

  private KeyDigest() {}

  /** The digest for {@code name}, which is {@code images/{key}} or the key itself. */
  public static String of(String name) {
    return sha256(name.substring(name.lastIndexOf('/') + 1)).substring(0, 8);
  }

  /** What generators index the image of {@code key} by, in lower-case hex. */
  static String sha256(String key) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
