package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreferHeaderTest {

  /** What cannot be read is no preference, and no reason to refuse a request. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "wait=10 | 10",
        "respond-async, wait=100; a=b | 60",
        "wait=\"7\" | 7",
        "wait=0 | 0",
        "a=\"wait=5, b\", wait = 3 | 0",
        "a;b =c, wait=3 | 0"
      })
  void waitIsRead(String prefer, long seconds) {
    HttpFields headers = HttpFields.build().add(PreferHeader.PREFER, prefer);

    assertThat(PreferHeader.waitOf(headers).map(Duration::getSeconds).orElse(0L))
        .isEqualTo(seconds);
  }
}
