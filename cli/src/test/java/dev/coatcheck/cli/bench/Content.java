package dev.coatcheck.cli.bench;

import dev.coatcheck.lambda.local.bytes.BytesFunction;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What every image of a size is, whoever hands it over. */
final class Content {

  static final long SEED = 7;

  private static final Map<Integer, String> DIGESTS = new ConcurrentHashMap<>();

  private Content() {}

  static byte[] of(int sizeBytes) {
    return BytesFunction.content(sizeBytes, SEED);
  }

  /** Fails unless {@code bytes} are the image of that size. */
  static void check(ByteBuffer bytes, int sizeBytes) {
    String expected = DIGESTS.computeIfAbsent(sizeBytes, size -> sha256(ByteBuffer.wrap(of(size))));
    String got = sha256(bytes);
    if (!got.equals(expected)) {
      throw new IllegalStateException(
          "SHA-256 of what was received: " + got + " (expected: " + expected + ")");
    }
  }

  private static String sha256(ByteBuffer bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
