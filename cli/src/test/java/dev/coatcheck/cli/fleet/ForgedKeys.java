package dev.coatcheck.cli.fleet;

import dev.coatcheck.key.ImageKey;
import dev.coatcheck.key.KeySealer;
import dev.coatcheck.key.KeysetFile;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Random;

/**
 * Keys that this fleet did not seal, or would not open any more, of every kind.
 *
 * <p><b>Threading:</b> one thread.
 */
final class ForgedKeys {

  /** What is wrong with a key. */
  enum Kind {
    /** Random bytes, as long as a key's. */
    RANDOM,
    /** A good one, but for one bit. */
    FLIPPED,
    /** Of another fleet, for an address of this one. */
    FOREIGN,
    /** Of this fleet, whose keyset has been rotated since until it was out. */
    ROTATED_OUT,
    /** The beginning of a good one. */
    TRUNCATED,
    /** A good one, in another spelling. */
    NOT_CANONICAL
  }

  private static final String DIGITS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private static final int ROTATIONS_TO_BE_OUT = 9;
  private static final SecureRandom ENTROPY = new SecureRandom();

  private final Random random;
  private final KeySealer foreign;
  private final String address;
  private final String good;
  private final String rotatedOut;

  private ForgedKeys(
      Random random, KeySealer foreign, String address, String good, String rotatedOut) {
    this.random = random;
    this.foreign = foreign;
    this.address = address;
    this.good = good;
    this.rotatedOut = rotatedOut;
  }

  /**
   * Rotates the keyset of a fleet until a key that it sealed before is out of date.
   *
   * @param address of a generator
   */
  static ForgedKeys rotating(Path keyset, Path directory, String address) throws IOException {
    String rotatedOut = new KeySealer(KeysetFile.open(keyset)::aead).seal(made(address));
    for (int i = 0; i < ROTATIONS_TO_BE_OUT; i++) {
      KeysetFile.rotate(keyset);
    }
    String good = new KeySealer(KeysetFile.open(keyset)::aead).seal(made(address));
    Path other = directory.resolve("other-fleet-" + System.nanoTime() + ".json");
    KeysetFile.create(other);
    KeySealer foreign = new KeySealer(KeysetFile.open(other)::aead);
    return new ForgedKeys(new Random(), foreign, address, good, rotatedOut);
  }

  private static ImageKey made(String address) {
    return ImageKey.create(ENTROPY, Instant.now(), ENTROPY.nextLong(), address);
  }

  /** The same kinds, by other chances. */
  ForgedKeys seeded(long seed) {
    return new ForgedKeys(new Random(seed), foreign, address, good, rotatedOut);
  }

  /** A good key of no image: whoever gets it asks a generator. */
  String good() {
    return good;
  }

  /** The key that was good until the rotations. */
  String rotatedOut() {
    return rotatedOut;
  }

  /** The next one of that kind. */
  String next(Kind kind) {
    int end = good.length() - 1;
    return switch (kind) {
      case RANDOM -> {
        byte[] bytes = new byte[good.length() * 3 / 4];
        random.nextBytes(bytes);
        yield Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
      }
      case FLIPPED -> {
        int at = random.nextInt(end);
        int digit = DIGITS.indexOf(good.charAt(at)) ^ (1 << random.nextInt(6));
        yield good.substring(0, at) + DIGITS.charAt(digit) + good.substring(at + 1);
      }
      case FOREIGN -> foreign.seal(made(address));
      case ROTATED_OUT -> rotatedOut;
      case TRUNCATED -> good.substring(0, 1 + random.nextInt(end));
      case NOT_CANONICAL -> random.nextBoolean() ? good + "=" : good + "%20";
    };
  }
}
