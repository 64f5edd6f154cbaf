package dev.coatcheck.lambda.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UploadAddressTest {

  @Test
  void isTheEventsUpload() throws Exception {
    UploadAddress address =
        UploadAddress.parse(
            json("{'url': 'http://gw:8080/v1/uploads/abc', 'token': 'abc', 'partBytes': 65536}"));

    assertThat(address)
        .isEqualTo(new UploadAddress(URI.create("http://gw:8080/v1/uploads/abc"), 65536));
    assertThat(address.completeUrl()).hasToString("http://gw:8080/v1/uploads/abc:complete");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "null                                      | upload: missing (expected: an object",
        "{'url': 'http://gw/u'}                    | upload.partBytes:  (expected: a whole number",
        "{'url': 'http://gw/u', 'partBytes': 0}    | upload.partBytes: 0 (expected: a whole",
        "{'url': 'http://gw/u', 'partBytes': 9e9}  | upload.partBytes: 9.0E9 (expected: a whole",
        "{'url': 'ftp://gw/u', 'partBytes': 9}     | upload.url: no address (expected: http",
        "{'url': 'http:u', 'partBytes': 9}         | upload.url: no address (expected: http",
        "{'url': 'http://gw/ ', 'partBytes': 9}    | upload.url: no address (expected: http",
        "{'partBytes': 9}                          | upload.url: no address (expected: http",
      })
  void refusesWhatCannotBePushedTo(String upload, String message) {
    assertThatThrownBy(() -> UploadAddress.parse(json(upload)))
        .isInstanceOfSatisfying(
            InvalidEventException.class, e -> assertThat(e.errorType()).isEqualTo("InvalidEvent"))
        .hasMessageStartingWith(message);
  }

  private static JsonNode json(String text) throws Exception {
    return new ObjectMapper().readTree(text.replace('\'', '"'));
  }
}
