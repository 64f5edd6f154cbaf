package dev.coatcheck.cli.fleet;

import java.util.Random;

/**
 * An image that somebody wants.
 *
 * @param number tells it from the others, and is the seed of its bytes
 * @param bytesPerSecond how fast it is made; 0 for at once
 * @param readBytesPerSecond how fast it is read; 0 for at once
 * @param claimsFirst true when it is claimed by a range of one byte before it is read. Who has the
 *     claim can go on whatever breaks; without it, a small image that was handed to a gateway as a
 *     whole is in doubt when that gateway dies
 */
record Order(
    int number, int sizeBytes, int bytesPerSecond, int readBytesPerSecond, boolean claimsFirst) {

  private static final int KIB = 1 << 10;
  private static final int SMALL = 96 * KIB;
  private static final int MEDIUM = 1500 * KIB;

  /** More than a gateway and its connections hold of one. */
  private static final int LARGE = 3000 * KIB;

  /** A small one, at once. */
  static Order small(int number) {
    return new Order(number, SMALL / 2 + number % SMALL, 0, 0, false);
  }

  /** One of which the kernel's buffers hold a part, so that it can be begun and not ended. */
  static Order medium(int number) {
    return new Order(number, MEDIUM + number % SMALL, 0, 0, false);
  }

  /** One of any kind, which survives all that may happen to a gateway. */
  static Order any(int number, Random random) {
    boolean large = random.nextInt(4) == 0;
    int size = large ? LARGE + random.nextInt(KIB * KIB) : SMALL / 2 + random.nextInt(4 * SMALL);
    int made = random.nextInt(3) == 0 ? size / (1 + random.nextInt(2)) : 0;
    int read = random.nextInt(3) == 0 ? size / (1 + random.nextInt(3)) : 0;
    return new Order(number, size, made, read, !large);
  }

  /** The body of its {@code POST}. */
  String body() {
    return """
    {"function": "bytes", "transfer": "%s", "maxBytes": %d, "ttl": "90s",
     "spec": {"sizeBytes": %d, "seed": %d, "bytesPerSecond": %d}}
    """
        .formatted(
            bytesPerSecond > 0 ? "RESPONSE_STREAM" : "AUTO",
            sizeBytes,
            sizeBytes,
            number,
            bytesPerSecond);
  }
}
