package dev.coatcheck.key;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.crypto.tink.DeterministicAead;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/** What opens is what was sealed, and nothing else opens. */
class SealedKeysFuzzTest {

  /** Opens whatever begins with its associated data, so that what is behind the seal is met. */
  private static final class NoSeal implements DeterministicAead {
    @Override
    public byte[] encryptDeterministically(byte[] plain, byte[] kind) {
      byte[] sealed = Arrays.copyOf(kind, kind.length + plain.length);
      System.arraycopy(plain, 0, sealed, kind.length, plain.length);
      return sealed;
    }

    @Override
    public byte[] decryptDeterministically(byte[] sealed, byte[] kind)
        throws GeneralSecurityException {
      if (sealed.length < kind.length
          || !Arrays.equals(sealed, 0, kind.length, kind, 0, kind.length)) {
        throw new GeneralSecurityException("another seal");
      }
      return Arrays.copyOfRange(sealed, kind.length, sealed.length);
    }
  }

  private static final KeySealer SEALER = new KeySealer(NoSeal::new);

  @FuzzTest
  void openedKeySealsToTheSameText(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);

    SEALER.open(text).ifPresent(key -> assertThat(SEALER.seal(key)).isEqualTo(text));
    SEALER.openUpload(text).ifPresent(token -> assertThat(SEALER.seal(token)).isEqualTo(text));
  }

  @FuzzTest
  void decodedKeyEncodesToTheSameBytes(byte[] plain) {
    ImageKey.decode(plain)
        .ifPresent(key -> {
          assertThat(key.encode()).isEqualTo(plain);
          assertThat(key.toString()).doesNotContain(Long.toString(key.randomHigh()) + ",");
          assertThat(SEALER.open(SEALER.seal(key))).contains(key);
        });
  }

  @FuzzTest
  void decodedTokenEncodesToTheSameBytes(byte[] plain) {
    UploadToken.decode(plain)
        .ifPresent(token -> {
          assertThat(token.encode()).isEqualTo(plain);
          assertThat(SEALER.openUpload(SEALER.seal(token))).contains(token);
        });
  }
}
