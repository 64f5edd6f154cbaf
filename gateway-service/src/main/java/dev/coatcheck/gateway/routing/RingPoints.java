package dev.coatcheck.gateway.routing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Where ids and generators lie on a ring of 2<sup>64</sup>: an id at one point, each generator at
 * some. Every gateway puts them at the same ones, and every generator that hands images over.
 */
final class RingPoints {

  private static final int DIGESTS = 16;
  private static final int LONGS_A_DIGEST = 4;

  /** How many a generator has: with 64 their shares of all ids differ by an eighth. */
  private static final int COUNT = DIGESTS * LONGS_A_DIGEST;

  private RingPoints() {}

  static long ofId(String id) {
    return digest(id).getLong();
  }

  static long[] ofGenerator(String address) {
    long[] points = new long[COUNT];
    for (int i = 0; i < COUNT; i += LONGS_A_DIGEST) {
      digest(address + " " + i).asLongBuffer().get(points, i, LONGS_A_DIGEST);
    }
    return points;
  }

  private static ByteBuffer digest(String text) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return ByteBuffer.wrap(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
