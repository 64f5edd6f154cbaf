package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.v1.ByteRange;
import dev.coatcheck.v1.Image;
import java.util.Locale;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Headers of a gateway whose machine writes numbers in other digits. */
@Isolated("the locale is the whole process's")
class LocaleTest {

  @Test
  void headersHaveAsciiDigits() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("fa-u-nu-arabext"));
    HttpFields.Mutable headers = HttpFields.build();
    try {
      ContentHeaders.putRange(
          headers,
          Image.newBuilder().setSizeBytes(5008).build(),
          ByteRange.newBuilder().setStart(12).setEnd(345).build());
      ClaimHeaders.show(headers, "proof", "/v1/images/key");
    } finally {
      Locale.setDefault(before);
    }

    assertThat(headers.get("Content-Range")).isEqualTo("bytes 12-344/5008");
    assertThat(headers.get("Set-Cookie")).contains("Max-Age=86400;");
  }
}
