package dev.coatcheck.generator.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What an image is indexed by: the SHA-256 of its key, so that whoever sees the store, a log or a
 * list cannot pick anything up. It is kept as four numbers, since a hundred thousand tombstones
 * have one each, and as text it would be three times as large.
 */
public record ImageId(long first, long second, long third, long fourth) {

  private static final int RADIX = 16;
  private static final int DIGITS = 4 * Long.BYTES * 2;

  /** The id with these digits, 64 in lower-case hex. */
  public ImageId(String hex) {
    this(number(hex, 0), number(hex, 1), number(hex, 2), number(hex, 3));
    if (hex.length() != DIGITS) {
      throw new IllegalArgumentException("id of " + hex.length() + " digits (expected: 64)");
    }
  }

  private static long number(String hex, int index) {
    int begin = index * Long.BYTES * 2;
    return Long.parseUnsignedLong(hex, begin, begin + Long.BYTES * 2, RADIX);
  }

  /** The id of the image with this key. */
  public static ImageId ofKey(String key) {
    try {
      ByteBuffer digest =
          ByteBuffer.wrap(
              MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
      return new ImageId(digest.getLong(), digest.getLong(), digest.getLong(), digest.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  /** In lower-case hex. */
  public String hex() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(first)
        + hex.toHexDigits(second)
        + hex.toHexDigits(third)
        + hex.toHexDigits(fourth);
  }

  /** The first 8 digits: what logs and lists show. */
  @Override
  public String toString() {
    return hex().substring(0, 8);
  }
}
