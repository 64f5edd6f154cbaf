package dev.coatcheck.generator.handoff;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Rendezvous hashing, as the gateways do it for creates: an image that was made for a {@code
 * request_id} moves where the same create goes next.
 */
final class Rendezvous {

  private Rendezvous() {}

  /** What the generator at {@code address} bids for {@code id}; the highest comes first. */
  static String bid(String id, String address) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(address.getBytes(StandardCharsets.UTF_8));
      sha256.update((byte) 0);
      return HexFormat.of().formatHex(sha256.digest(id.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
