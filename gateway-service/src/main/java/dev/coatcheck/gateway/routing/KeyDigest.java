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
    String key = name.substring(name.lastIndexOf('/') + 1);
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
