package dev.coatcheck.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeySealerTest {

  private static final Instant NOW = Instant.parse("2026-05-04T03:02:01Z");

  private final SecureRandom entropy = new SecureRandom();

  @TempDir Path directory;
  private KeySealer sealer;

  @BeforeEach
  void makeKeyset() throws Exception {
    sealer = sealer("keyset.json");
  }

  @Test
  void opensWhatItSealed() {
    ImageKey key = ImageKey.create(entropy, NOW, 0xfeedL, "generator-1.fleet.local:9090");

    String sealed = sealer.seal(key);

    assertThat(sealer.open(sealed)).contains(key);
    assertThat(key.createdAt()).isEqualTo(Instant.parse("2026-05-04T03:02:00Z"));
    assertThat(sealed).matches("[A-Za-z0-9_-]+").hasSizeLessThan(KeySealer.MAX_LENGTH);
  }

  @Test
  void theLongestAddressStillFits() {
    String longest = "h".repeat(ImageKey.MAX_ADDRESS_BYTES - 5) + ":9090";

    String sealed = sealer.seal(ImageKey.create(entropy, NOW, -1, longest));

    assertThat(sealed).hasSizeLessThan(KeySealer.MAX_LENGTH);
    assertThat(sealer.open(sealed).orElseThrow().address()).isEqualTo(longest);
    assertThatThrownBy(() -> ImageKey.create(entropy, NOW, -1, "h" + longest))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void noTwoKeysAreAlike() {
    Set<String> sealed = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      sealed.add(sealer.seal(ImageKey.create(entropy, NOW, 1, "a:1")));
    }
    assertThat(sealed).hasSize(1000);
  }

  @Test
  void tellsNothingOfTheAddress() {
    String sealed = sealer.seal(ImageKey.create(entropy, NOW, 1, "secret-host:9090"));

    byte[] bytes = Base64.getUrlDecoder().decode(sealed);
    assertThat(new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1))
        .doesNotContain("secret-host");
    assertThat(ImageKey.create(entropy, NOW, 1, "a:1").toString()).doesNotContain("random");
  }

  @Test
  void refusesEveryKeyThatWasTouched() {
    String sealed = sealer.seal(ImageKey.create(entropy, NOW, 1, "a:1"));
    byte[] bytes = Base64.getUrlDecoder().decode(sealed);
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] touched = bytes.clone();
      touched[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThat(sealer.open(Base64.getUrlEncoder().withoutPadding().encodeToString(touched)))
          .isEmpty();
    }
    for (int length = 0; length < sealed.length(); length++) {
      assertThat(sealer.open(sealed.substring(0, length))).isEmpty();
    }
  }

  @Test
  void refusesOtherSpellingsOfAKey() {
    String sealed = "";
    // A last character with bits to spare, which a lenient decoder would ignore.
    for (int host = 1; sealed.length() % 4 != 2; host++) {
      sealed = sealer.seal(ImageKey.create(entropy, NOW, 1, "h".repeat(host) + ":1"));
    }
    assertThat(sealer.open(sealed)).isPresent();

    char last = sealed.charAt(sealed.length() - 1);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char sibling = alphabet.charAt(alphabet.indexOf(last) ^ 1);
    assertThat(sealer.open(sealed.substring(0, sealed.length() - 1) + sibling)).isEmpty();
    assertThat(sealer.open(sealed + "==")).isEmpty();
    assertThat(sealer.open(sealed + "\n")).isEmpty();
    assertThat(sealer.open(" " + sealed)).isEmpty();
    assertThat(sealer.open(sealed.replace('-', '+').replace('_', '/') + "=")).isEmpty();
  }

  @Test
  void refusesKeysOfAnotherFleetAndRubbish() throws Exception {
    String foreign = sealer("other.json").seal(ImageKey.create(entropy, NOW, 1, "a:1"));

    assertThat(sealer.open(foreign)).isEmpty();
    assertThat(sealer.open("")).isEmpty();
    assertThat(sealer.open("x".repeat(100_000))).isEmpty();
    assertThat(sealer.open("../../etc/passwd")).isEmpty();
    assertThat(sealer.open("\u0000\uffff")).isEmpty();
  }

  @Test
  void opensTheUploadTokensThatItSealed() {
    String longest = "h".repeat(ImageKey.MAX_ADDRESS_BYTES - 5) + ":9090";
    UploadToken token =
        new UploadToken("0f".repeat(32), 2, 33_554_432, NOW.plusSeconds(60), -7, longest);

    String sealed = sealer.seal(token);

    assertThat(sealer.openUpload(sealed)).contains(token);
    assertThat(sealed).matches("[A-Za-z0-9_-]+").hasSizeLessThan(KeySealer.MAX_TOKEN_LENGTH);
    for (int at = 0; at < sealed.length(); at++) {
      String touched = sealed.substring(0, at) + "." + sealed.substring(at + 1);
      assertThat(sealer.openUpload(touched)).isEmpty();
      assertThat(sealer.openUpload(sealed.substring(0, at))).isEmpty();
    }
  }

  @Test
  void aTokenIsNoKeyAndAKeyIsNoToken() {
    ImageKey key = ImageKey.create(entropy, NOW, 1, "generator-with-a-long-name.fleet.local:9090");
    UploadToken token = new UploadToken("0f".repeat(32), 1, 1, NOW, 1, "a:1");

    assertThat(sealer.openUpload(sealer.seal(key))).isEmpty();
    assertThat(sealer.open(sealer.seal(token))).isEmpty();
  }

  /** Else a key would open that is sealed to another text. */
  @Test
  void anAddressThatIsNoUtf8IsNone() {
    byte[] key = ImageKey.create(entropy, NOW, 1, "a:1").encode();
    key[key.length - 1] = (byte) 0x84;
    byte[] token = new UploadToken("0f".repeat(32), 1, 1, NOW, 1, "a:1").encode();
    token[token.length - 1] = (byte) 0x84;

    assertThat(ImageKey.decode(key)).isEmpty();
    assertThat(UploadToken.decode(token)).isEmpty();
  }

  private KeySealer sealer(String name) throws Exception {
    Path file = directory.resolve(name);
    KeysetFile.create(file);
    return new KeySealer(KeysetFile.open(file)::aead);
  }
}
