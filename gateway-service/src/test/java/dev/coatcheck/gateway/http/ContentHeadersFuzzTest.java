package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.coatcheck.contract.Filenames;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** A file name as {@code Content-Disposition} (RFC 6266): nothing but it can be in there. */
class ContentHeadersFuzzTest {

  private static final String EXTENDED = "; filename*=UTF-8''";

  @FuzzTest
  void filenameIsReadBackFromItsHeader(byte[] input) {
    String filename = new String(input, StandardCharsets.UTF_16BE);
    if (!Filenames.isValid(filename)) {
      return;
    }
    String header = ContentHeaders.disposition(filename);

    assertThat(header).matches("inline; filename=\"[ !#-\\[\\]-~]+\"(; filename\\*=UTF-8''\\S+)?");
    int at = header.indexOf(EXTENDED);
    String read =
        at < 0
            ? header.substring("inline; filename=\"".length(), header.length() - 1)
            : URLDecoder.decode(
                header.substring(at + EXTENDED.length()).replace("+", "%2B"),
                StandardCharsets.UTF_8);
    assertThat(read).isEqualTo(filename);
  }
}
