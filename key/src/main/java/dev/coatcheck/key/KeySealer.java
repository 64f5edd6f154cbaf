package dev.coatcheck.key;

import com.google.crypto.tink.DeterministicAead;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Turns an {@link ImageKey} into the text that users carry, and back. The text is the unpadded
 * base64url of Tink's deterministic AEAD (AES-256-SIV, RFC 5297) over the key, so that nobody
 * outside the fleet can read an address from it or make one that opens.
 *
 * <p><b>Threading:</b> any thread; a keyset that changed is used from the next call on.
 */
public final class KeySealer {

  /** No sealed key is longer. */
  public static final int MAX_LENGTH = 200;

  private static final byte[] IMAGE = "coatcheck.v1/image".getBytes(StandardCharsets.UTF_8);
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  private final Supplier<DeterministicAead> keyset;

  /** Seals with whatever {@code keyset} gives at each call; see {@link KeysetFile#aead()}. */
  public KeySealer(Supplier<DeterministicAead> keyset) {
    this.keyset = keyset;
  }

  /** The key as text, under {@value #MAX_LENGTH} characters, of {@code [A-Za-z0-9_-]} only. */
  public String seal(ImageKey key) {
    try {
      return ENCODER.encodeToString(keyset.get().encryptDeterministically(key.encode(), IMAGE));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the keyset cannot seal", e);
    }
  }

  /**
   * The key that {@code sealed} stands for; empty when it was not sealed by this fleet, or is not
   * in the one canonical form.
   */
  public Optional<ImageKey> open(String sealed) {
    if (sealed.isEmpty() || sealed.length() >= MAX_LENGTH) {
      return Optional.empty();
    }
    byte[] bytes;
    try {
      bytes = DECODER.decode(sealed);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (!ENCODER.encodeToString(bytes).equals(sealed)) {
      return Optional.empty(); // padding, or bits that the last character should not have
    }
    try {
      return ImageKey.decode(keyset.get().decryptDeterministically(bytes, IMAGE));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }
}
