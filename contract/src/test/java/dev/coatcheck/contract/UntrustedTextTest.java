package dev.coatcheck.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class UntrustedTextTest {

  private static final String EMOJI = "\ud83d\ude00";

  @Test
  void shortPrintableTextStaysAsItIs() {
    String text = "서울 map.png (1/2) " + EMOJI;

    assertThat(UntrustedText.clip(text, 40)).isSameAs(text);
    assertThat(UntrustedText.quote(text)).isEqualTo("'" + text + "'");
  }

  @Test
  void longValueIsQuotedByItsBeginningAndItsLength() {
    assertThat(UntrustedText.quote("x".repeat(20_000)))
        .isEqualTo("'" + "x".repeat(61) + "...' (20000 characters)");
    assertThat(UntrustedText.quote(EMOJI.repeat(65)))
        .isEqualTo("'" + EMOJI.repeat(61) + "...' (65 characters)");
    assertThat(UntrustedText.quote(EMOJI.repeat(64))).isEqualTo("'" + EMOJI.repeat(64) + "'");
  }

  @Test
  void whatIsNotPrintableIsReplaced() {
    String[] forged = {
      "\u0000",
      "\u001b[2J",
      "\u007f",
      "\u0085",
      "\u009b",
      "\u2028",
      "\u2029",
      "\u202a",
      "\u202e",
      "\u2066",
      "\u2069",
      "\ud83d",
      "\ude00"
    };
    for (String text : forged) {
      assertThat(UntrustedText.isPrintable(text)).as(text).isFalse();
      assertThat(UntrustedText.clip(text, 10)).as(text).startsWith("\ufffd");
    }
    assertThat(UntrustedText.clip("a\r\nLevel: INFO\tb", 40)).isEqualTo("a  Level: INFO b");
  }

  @Test
  void failureIsDescribedWithItsCausesAndNoStackTrace() {
    Throwable failure =
        new IllegalStateException(
            "the call broke", new IOException("x".repeat(1_000_000), new IOException()));

    assertThat(UntrustedText.describe(failure))
        .startsWith("IllegalStateException: the call broke; IOException: xxx")
        .hasSize(UntrustedText.MAX_MESSAGE)
        .endsWith("...");
    assertThat(UntrustedText.describe(new IOException())).isEqualTo("IOException");
  }

  @Test
  @Timeout(10)
  void causesInACircleHaveAnEnd() {
    Throwable first = new Nameless();
    first.initCause(new Nameless().initCause(first));

    assertThat(UntrustedText.describe(first)).startsWith("Nameless; Nameless");
  }

  private static final class Nameless extends Exception {
    private static final long serialVersionUID = 1;
  }

  @Property
  void clippedTextIsBoundedPrintableAndStable(
      @ForAll String text, @ForAll @IntRange(min = 3, max = 400) int max) {
    String clipped = UntrustedText.clip(text, max);

    assertThat(clipped.codePointCount(0, clipped.length())).isLessThanOrEqualTo(max);
    assertThat(UntrustedText.isPrintable(clipped)).isTrue();
    assertThat(UntrustedText.clip(clipped, max)).isEqualTo(clipped);
    assertThat(UntrustedText.hasAtMost(text, max))
        .isEqualTo(text.codePointCount(0, text.length()) <= max);
  }
}
