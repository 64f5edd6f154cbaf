package dev.coatcheck.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** A name that is taken can do no harm where it goes: into a header, a file system, a log. */
class FilenamesFuzzTest {

  @FuzzTest
  void validNameIsOnePrintableSegment(byte[] input) {
    String name = new String(input, StandardCharsets.UTF_16BE);

    if (Filenames.isValid(name)) {
      assertThat(name.codePointCount(0, name.length())).isBetween(1, Filenames.MAX_CHARACTERS);
      assertThat(name).isNotIn(".", "..").doesNotContain("/", "\\");
      assertThat(name.chars()).noneMatch(Character::isISOControl);
      assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(name)).isTrue();
    }
    if (FunctionNames.isValid(name)) {
      assertThat(UntrustedText.clip(name, FunctionNames.MAX_CHARACTERS)).isEqualTo(name);
    }
    if (RequestId.isValid(name)) {
      assertThat(name.length()).isBetween(1, RequestId.MAX_CHARACTERS);
      assertThat(name.chars()).allMatch(character -> character > ' ' && character < 0x7F);
    }
  }
}
