package dev.coatcheck.generator.handoff;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Consistent hashing, as the gateways do it for creates: an id and the generators lie on a ring of
 * 2<sup>64</sup>, and the id belongs to whoever comes next. So an image that was made for a {@code
 * request_id} moves where the same create goes next.
 */
final class RingDistance {

  /** A generator has the points of 16 digests, 4 each. */
  private static final int DIGESTS = 16;

  private static final int LONGS_A_DIGEST = 4;

  private RingDistance() {}

  /** How far it is from {@code id} on to the next point of the generator; unsigned. */
  static long of(String id, String address) {
    long from = digest(id).get();
    long least = -1;
    for (int i = 0; i < DIGESTS; i++) {
      LongBuffer points = digest(address + " " + i * LONGS_A_DIGEST);
      while (points.hasRemaining()) {
        long distance = points.get() - from;
        if (Long.compareUnsigned(distance, least) < 0) {
          least = distance;
        }
      }
    }
    return least;
  }

  private static LongBuffer digest(String text) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return ByteBuffer.wrap(sha256.digest(text.getBytes(StandardCharsets.UTF_8))).asLongBuffer();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
