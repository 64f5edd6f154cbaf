package dev.coatcheck.key;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What a function's upload token says: which image it may write, and nothing that would let it be
 * read. The image is named by what it is indexed by, the SHA-256 of its key, from which nobody gets
 * to the key.
 *
 * @param imageId the SHA-256 of the image's key, in lower-case hex
 * @param attempt the call of the function that it was made for
 * @param maxBytes the most that may be written
 * @param expiry when it is over, to the second
 * @param incarnation the run of the generator's process
 * @param address the generator's {@code host:port}
 */
public record UploadToken(
    String imageId, int attempt, long maxBytes, Instant expiry, long incarnation, String address) {

  private static final int ID_BYTES = 32;
  private static final int FIXED_BYTES = ID_BYTES + Integer.BYTES + 3 * Long.BYTES;

  public UploadToken {
    expiry = Instant.ofEpochSecond(expiry.getEpochSecond());
    int addressBytes = address.getBytes(StandardCharsets.UTF_8).length;
    if (addressBytes == 0 || addressBytes > ImageKey.MAX_ADDRESS_BYTES) {
      throw new IllegalArgumentException(
          "address: %d bytes (expected: 1 to %d)"
              .formatted(addressBytes, ImageKey.MAX_ADDRESS_BYTES));
    }
    if (HexFormat.of().parseHex(imageId).length != ID_BYTES) {
      throw new IllegalArgumentException("imageId: " + imageId + " (expected: 64 hex digits)");
    }
  }

  byte[] encode() {
    byte[] addressBytes = address.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(FIXED_BYTES + addressBytes.length)
        .put(HexFormat.of().parseHex(imageId))
        .putInt(attempt)
        .putLong(maxBytes)
        .putLong(expiry.getEpochSecond())
        .putLong(incarnation)
        .put(addressBytes)
        .array();
  }

  static Optional<UploadToken> decode(byte[] encoded) {
    try {
      ByteBuffer in = ByteBuffer.wrap(encoded);
      byte[] id = new byte[ID_BYTES];
      in.get(id);
      return Optional.of(
          new UploadToken(
              HexFormat.of().formatHex(id),
              in.getInt(),
              in.getLong(),
              Instant.ofEpochSecond(in.getLong()),
              in.getLong(),
              StandardCharsets.UTF_8.newDecoder().decode(in).toString()));
    } catch (BufferUnderflowException
        | CharacterCodingException
        | DateTimeException
        | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
