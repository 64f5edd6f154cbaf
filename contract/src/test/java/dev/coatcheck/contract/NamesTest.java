package dev.coatcheck.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers may name: files, requests and functions. */
class NamesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"korea.png", "서울 지도.png", "..png", "a..b", "...", "~", "حلب.png", "a\u200fb"})
  void filenamesOfAnyScriptAreTaken(String name) {
    assertThat(Filenames.isValid(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "../map.png",
        "a/b",
        "..\\map.png",
        "C:\\map.png",
        "a\u0000b",
        "a\r\nb",
        "a\u0085b",
        "a\u009bb",
        "map\u202egnp.exe",
        "a\u2066b",
        "a\u2028b",
        "a\ud83d"
      })
  void filenamesThatArePathsOrDisguisesAreRefused(String name) {
    assertThat(Filenames.isValid(name)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "한", "\ud83d\ude00"})
  void filenamesHave255Characters(String character) {
    assertThat(Filenames.isValid(character.repeat(255))).isTrue();
    assertThat(Filenames.isValid(character.repeat(256))).isFalse();
    assertThat(Filenames.isValid(character.repeat(1_000_000))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\tb", "é", "a\u007f"})
  void requestIdsArePrintableAscii(String id) {
    assertThat(RequestId.isValid(id)).isFalse();
    assertThat(RequestId.isValid("!#~" + "x".repeat(125))).isTrue();
    assertThat(RequestId.isValid("x".repeat(129))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "a\u202eb"})
  void functionNamesHave170Characters(String name) {
    assertThat(FunctionNames.isValid(name)).isFalse();
    assertThat(FunctionNames.isValid("arn:aws:lambda:us-east-1:123456789012:function:map"))
        .isTrue();
    assertThat(FunctionNames.isValid("x".repeat(170))).isTrue();
    assertThat(FunctionNames.isValid("x".repeat(171))).isFalse();
  }
}
