package dev.coatcheck.gateway.routing;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Rendezvous hashing: every gateway puts the same generators into the same order for an id, and one
 * that comes or goes changes nothing in the order of the others.
 *
 * @see <a href="https://www.eecs.umich.edu/techreports/cse/96/CSE-TR-316-96.pdf">Thaler and
 *     Ravishankar, A Name-Based Mapping Scheme for Rendezvous</a>
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
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
