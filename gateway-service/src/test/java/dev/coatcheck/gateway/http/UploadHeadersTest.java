package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UploadHeadersTest {

  @ParameterizedTest
  @ValueSource(strings = {"104[576", "-1", "+1", "0", "", "99999999999999999999", "16777217"})
  void lengthThatIsNoneOfAPartIsRefused(String length) {
    HttpFields headers = HttpFields.build().add("Content-Length", length).add("Upload-Offset", "0");

    assertThatThrownBy(() -> UploadHeaders.partOf(headers)).isInstanceOf(ProblemException.class);
  }
}
