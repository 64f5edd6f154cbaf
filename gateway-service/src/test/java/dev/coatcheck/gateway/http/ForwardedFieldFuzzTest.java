package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.List;
import org.eclipse.jetty.http.HttpURI;

/** What proxies say, which may be what their clients have said. */
class ForwardedFieldFuzzTest {

  @FuzzTest
  void elementsAreWhatTheHttpServerCanTake(byte[] input) throws IOException {
    String value =
        String.join(",", FuzzedRequest.headers("Forwarded", input).getValuesList("Forwarded"));
    try {
      List<ForwardedElement> elements = ForwardedField.parse(value);
      assertThat(elements.size()).isLessThanOrEqualTo(value.split(",", -1).length);
      for (ForwardedElement element : elements) {
        element.scheme().ifPresent(scheme -> assertThat(scheme).isIn("http", "https"));
        element
            .authority()
            .ifPresent(authority ->
                assertThat(
                        HttpURI.build("http://x/")
                            .authority(
                                authority.host(), authority.port() == 0 ? -1 : authority.port())
                            .getHost())
                    .isEqualTo(authority.host()));
      }
    } catch (ProblemException refused) {
      FuzzedRequest.requireRefusal(refused);
    }
  }

  /** It goes into headers and links. */
  @FuzzTest
  void prefixIsAPath(byte[] input) throws IOException {
    try {
      String prefix = TrustedProxies.prefix(FuzzedRequest.headers("X-Forwarded-Prefix", input));
      assertThat(prefix).doesNotContain("//", ";", " ", ",", "\"", "<").hasSizeLessThan(257);
      assertThat(prefix).matches("|/.*[^/]");
    } catch (ProblemException refused) {
      FuzzedRequest.requireRefusal(refused);
    }
  }
}
