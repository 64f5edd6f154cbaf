package dev.coatcheck.key;

import com.google.crypto.tink.DeterministicAead;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Turns an {@link ImageKey} into the text that users carry, an {@link UploadToken} into the one
 * that functions are given, and both back. The text is the unpadded base64url of Tink's
 * deterministic AEAD (AES-256-SIV, RFC 5297), so that nobody outside the fleet can read an address
 * from it or make one that opens. Each kind has an associated data of its own: neither opens as the
 * other.
 *
 * <p><b>Threading:</b> any thread; a keyset that changed is used from the next call on.
 */
public final class KeySealer {

  /** No sealed key is longer. */
  public static final int MAX_LENGTH = 200;

  /** No sealed upload token is longer. */
  public static final int MAX_TOKEN_LENGTH = 256;

  private static final byte[] IMAGE = "coatcheck.v1/image".getBytes(StandardCharsets.UTF_8);
  private static final byte[] UPLOAD = "coatcheck.v1/upload".getBytes(StandardCharsets.UTF_8);
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  private final Supplier<DeterministicAead> keyset;

  /** Seals with whatever {@code keyset} gives at each call; see {@link KeysetFile#aead()}. */
  public KeySealer(Supplier<DeterministicAead> keyset) {
    this.keyset = keyset;
  }

  /** The key as text, under {@value #MAX_LENGTH} characters, of {@code [A-Za-z0-9_-]} only. */
  public String seal(ImageKey key) {
    return seal(key.encode(), IMAGE);
  }

  /** The token as text, under {@value #MAX_TOKEN_LENGTH} such characters. */
  public String seal(UploadToken token) {
    return seal(token.encode(), UPLOAD);
  }

  private String seal(byte[] plain, byte[] kind) {
    try {
      return ENCODER.encodeToString(keyset.get().encryptDeterministically(plain, kind));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the keyset cannot seal", e);
    }
  }

  /**
   * The key that {@code sealed} stands for; empty when it was not sealed by this fleet, or is not
   * in the one canonical form.
   */
  public Optional<ImageKey> open(String sealed) {
    return open(sealed, MAX_LENGTH, IMAGE).flatMap(ImageKey::decode);
  }

  /** The upload token that {@code sealed} stands for; empty as for {@link #open}. */
  public Optional<UploadToken> openUpload(String sealed) {
    return open(sealed, MAX_TOKEN_LENGTH, UPLOAD).flatMap(UploadToken::decode);
  }

  private Optional<byte[]> open(String sealed, int maxLength, byte[] kind) {
    if (sealed.isEmpty() || sealed.length() >= maxLength) {
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
      return Optional.of(keyset.get().decryptDeterministically(bytes, kind));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }
}
