package dev.coatcheck.key;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;

/**
 * What an image's key says: 16 random bytes that nobody can guess, when it was made, and which run
 * of which generator holds the image.
 *
 * @param randomHigh the first 8 random bytes
 * @param randomLow the other 8
 * @param creationMinute minutes since 1970
 * @param incarnation the run of the generator's process
 * @param address the generator's {@code host:port}, at most {@value #MAX_ADDRESS_BYTES} bytes
 */
public record ImageKey(
    long randomHigh, long randomLow, int creationMinute, long incarnation, String address) {

  /** What keeps a sealed key under {@value KeySealer#MAX_LENGTH} characters. */
  public static final int MAX_ADDRESS_BYTES = 96;

  private static final int FIXED_BYTES = 3 * Long.BYTES + Integer.BYTES;

  public ImageKey {
    int addressBytes = address.getBytes(StandardCharsets.UTF_8).length;
    if (addressBytes == 0 || addressBytes > MAX_ADDRESS_BYTES) {
      throw new IllegalArgumentException(
          "address: " + addressBytes + " bytes (expected: 1 to " + MAX_ADDRESS_BYTES + ")");
    }
  }

  /** A new key for an image of the generator at {@code address}. */
  public static ImageKey create(
      SecureRandom entropy, Instant now, long incarnation, String address) {
    int minute = Math.toIntExact(now.getEpochSecond() / 60);
    return new ImageKey(entropy.nextLong(), entropy.nextLong(), minute, incarnation, address);
  }

  /** When the key was made, to the minute before. */
  public Instant createdAt() {
    return Instant.ofEpochSecond(creationMinute * 60L);
  }

  byte[] encode() {
    byte[] addressBytes = address.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(FIXED_BYTES + addressBytes.length)
        .putLong(randomHigh)
        .putLong(randomLow)
        .putInt(creationMinute)
        .putLong(incarnation)
        .put(addressBytes)
        .array();
  }

  static Optional<ImageKey> decode(byte[] encoded) {
    try {
      ByteBuffer in = ByteBuffer.wrap(encoded);
      return Optional.of(
          new ImageKey(
              in.getLong(),
              in.getLong(),
              in.getInt(),
              in.getLong(),
              StandardCharsets.UTF_8.newDecoder().decode(in).toString()));
    } catch (BufferUnderflowException | CharacterCodingException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Never the random bytes: a whole key must not stand in a log. */
  @Override
  public String toString() {
    return "ImageKey[created=" + createdAt() + ", address=" + address + "]";
  }
}
