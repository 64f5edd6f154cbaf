package dev.coatcheck.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever a key says, one text and no other opens as it. */
class KeySealerPropertyTest {

  private static Path keyset = Path.of("");
  private static KeySealer sealer =
      new KeySealer(() -> {
        throw new IllegalStateException("no keyset yet");
      });

  @BeforeContainer
  static void makeKeyset() throws IOException {
    Path directory = Files.createTempDirectory("coatcheck-keys-");
    keyset = directory.resolve("keyset.json");
    KeysetFile.create(keyset);
    sealer = new KeySealer(KeysetFile.open(keyset)::aead);
  }

  @AfterContainer
  static void deleteKeyset() throws IOException {
    Files.delete(keyset);
    Files.delete(keyset.getParent());
  }

  @Property
  void opensAsWhatWasSealed(@ForAll("keys") ImageKey key) {
    assertThat(sealer.open(sealer.seal(key))).contains(key);
  }

  @Property
  void oneOtherCharacterOpensAsNothing(
      @ForAll("keys") ImageKey key,
      @ForAll @IntRange(max = 300) int at,
      @ForAll @AlphaChars @CharRange(from = '0', to = '9') @Chars({'-', '_', '=', '+', '/', '%'})
          char other) {
    StringBuilder text = new StringBuilder(sealer.seal(key));
    int place = at % text.length();
    if (text.charAt(place) != other) {
      text.setCharAt(place, other);
      assertThat(sealer.open(text.toString())).isEmpty();
    }
  }

  @Property
  void aPieceOpensAsNothing(
      @ForAll("keys") ImageKey key,
      @ForAll @IntRange(max = 300) int at,
      @ForAll boolean fromStart) {
    String text = sealer.seal(key);
    int place = at % text.length();
    if (place > 0) {
      String piece = fromStart ? text.substring(place) : text.substring(0, place);
      assertThat(sealer.open(piece)).isEmpty();
    }
  }

  @Property
  void anyTextOpensAsNothing(@ForAll @StringLength(max = 400) String text) {
    assertThat(sealer.open(text)).isEmpty();
    assertThat(sealer.openUpload(text)).isEmpty();
  }

  @Property
  void aKeyIsNoToken(@ForAll("keys") ImageKey key) {
    assertThat(sealer.openUpload(sealer.seal(key))).isEmpty();
  }

  @Provide
  Arbitrary<ImageKey> keys() {
    Arbitrary<Long> number = Arbitraries.longs();
    Arbitrary<String> address =
        Arbitraries.strings().ascii().ofMinLength(1).ofMaxLength(ImageKey.MAX_ADDRESS_BYTES);
    return Combinators.combine(number, number, Arbitraries.integers(), number, address)
        .as(ImageKey::new);
  }
}
