package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.UriCompliance;

/** A path that passes is the same to everybody who reads it, however often and in which order. */
class RequestPathFuzzTest {

  /** What Jetty lets through, and what it would but for an ambiguity that is also ours to see. */
  private static final UriCompliance JETTY =
      UriCompliance.DEFAULT.with(
          "ours", UriCompliance.AMBIGUOUS_VIOLATIONS.toArray(UriCompliance.Violation[]::new));

  /** The input is a request's target, of which Jetty refuses some before us. */
  @FuzzTest
  void pathThatPassesHasOneReading(byte[] input) {
    HttpURI target;
    try {
      target = HttpURI.from("GET", new String(input, StandardCharsets.UTF_8));
    } catch (RuntimeException e) {
      return; // as Jetty's parser does
    }
    String path = target.getPath();
    if (path == null || !JETTY.getAllowed().containsAll(target.getViolations())) {
      return;
    }
    if (RequestChecks.isAmbiguous(path)) {
      assertThat(path).doesNotMatch("(/[A-Za-z0-9_~:@!$&'()*+,=-]+)*/?");
      return;
    }
    String decoded = decoded(path);
    assertThat(target.getDecodedPath()).isEqualTo(decoded);
    assertThat(target.getCanonicalPath() == null ? path : decoded(target.getCanonicalPath()))
        .isEqualTo(decoded);
    assertThat(decoded(decoded)).isEqualTo(decoded);
    List<String> segments = segments(decoded);
    assertThat(segments)
        .isEqualTo(segments(path).stream().map(RequestPathFuzzTest::decoded).toList())
        .doesNotContain(".", "..")
        .noneMatch(segment -> segment.contains("\\") || segment.contains(";"))
        .noneMatch(segment -> segment.chars().anyMatch(c -> c < ' ' || c == 0x7F));
    if (path.startsWith("/") && segments.size() > 1) { // the last may be empty, behind a slash
      assertThat(segments.subList(0, segments.size() - 1)).doesNotContain("");
    }
  }

  /** Of a path that begins with a slash, what is behind it. */
  private static List<String> segments(String path) {
    return Arrays.asList((path.startsWith("/") ? path.substring(1) : path).split("/", -1));
  }

  /** Each {@code %} and two hexadecimal digits as the byte, once, in UTF-8. */
  private static String decoded(String path) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < path.length(); ) {
      if (path.substring(i).matches("(?s)%[0-9A-Fa-f]{2}.*")) {
        bytes.write(Integer.parseInt(path.substring(i + 1, i + 3), 16));
        i += 3;
      } else {
        int character = path.codePointAt(i);
        bytes.writeBytes(Character.toString(character).getBytes(StandardCharsets.UTF_8));
        i += Character.charCount(character);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
