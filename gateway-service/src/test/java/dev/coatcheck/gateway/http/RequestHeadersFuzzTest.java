package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.coatcheck.contract.RequestId;
import dev.coatcheck.v1.UploadPart;
import java.io.IOException;
import java.util.Arrays;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/** The request headers that have a parser of ours, but for {@code Range}. */
class RequestHeadersFuzzTest {

  private static final int MAX_TAG = 200;
  private static final int MAX_WAIT_SECONDS = 60;
  private static final long MAX_PART_BYTES = 16 << 20;

  /** {@code If-Match} and {@code If-Range}. */
  @FuzzTest
  void entityTagIsTheOneThatStandsThere(byte[] input) throws IOException {
    String value = FuzzedRequest.text(input);
    for (HttpHeader header : new HttpHeader[] {HttpHeader.IF_MATCH, HttpHeader.IF_RANGE}) {
      try {
        String claim = ClaimHeaders.tag(header, value);
        assertThat(claim).isNotEmpty().hasSizeLessThan(MAX_TAG).doesNotContain("\"", " ");
        assertThat(value.strip()).isIn('"' + claim + '"', "\"\"", weak(value));
        assertThat(weak(value).isEmpty() || claim.equals("-")).isTrue();
      } catch (ProblemException refused) {
        FuzzedRequest.requireRefusal(refused);
        assertThat(value.strip()).isNotEqualTo("\"" + "a".repeat(MAX_TAG / 2) + "\"");
      }
    }
  }

  private static String weak(String value) {
    return value.strip().startsWith("W/") ? value.strip() : "";
  }

  @FuzzTest
  void idempotencyKeyIsOneThatCanBeTaken(byte[] input) throws IOException {
    HttpFields headers = FuzzedRequest.headers("Idempotency-Key", input);
    try {
      String key = IdempotencyKey.of(headers);
      assertThat(RequestId.isValid(key)).isTrue();
      assertThat(headers.get("Idempotency-Key")).contains(key);
    } catch (ProblemException refused) {
      FuzzedRequest.requireRefusal(refused);
    }
  }

  @FuzzTest
  void waitIsAtMostAMinute(byte[] input) {
    HttpFields headers = FuzzedRequest.headers(PreferHeader.PREFER, input);
    PreferHeader.waitOf(headers)
        .ifPresent(wait -> {
          assertThat(wait.getSeconds()).isBetween(1L, (long) MAX_WAIT_SECONDS);
          assertThat(wait.getNanos()).isZero();
          assertThat(FuzzedRequest.text(input)).containsIgnoringCase("wait");
        });
    HttpFields both = HttpFields.build(headers).add(PreferHeader.PREFER, "respond-async, wait=7");
    assertThat(PreferHeader.waitOf(both).isPresent() || PreferHeader.waitOf(headers).isEmpty())
        .isTrue();
  }

  /** {@code Accept} and {@code Last-Event-ID}. */
  @FuzzTest
  void eventsAreWantedByTheirOwnTypeAlone(byte[] input) throws IOException {
    String text = FuzzedRequest.text(input);
    if (SseRequest.areWanted(FuzzedRequest.headers("Accept", input))) {
      assertThat(
              Arrays.stream(text.split("[,\n]", -1))
                  .map(range -> range.split(";", -1)[0].replaceAll("[^!#-~]", ""))
                  .anyMatch("text/event-stream"::equalsIgnoreCase))
          .isTrue();
    }
    try {
      LastEvent last = LastEvent.of(FuzzedRequest.headers("Last-Event-ID", input));
      assertThat(last.chunk()).isGreaterThanOrEqualTo(-1);
      assertThat(!last.hasChunk() || text.contains(Long.toString(last.chunk()))).isTrue();
      assertThat(last.claim()).matches("[!#-~]{0,200}");
      assertThat(last.claim().isEmpty() || text.contains("/" + last.claim())).isTrue();
    } catch (ProblemException refused) {
      FuzzedRequest.requireRefusal(refused);
    }
  }

  @FuzzTest
  void partIsWhereItsHeadersSay(byte[] input) throws IOException {
    HttpFields headers = FuzzedRequest.headers(input);
    try {
      UploadPart part = UploadHeaders.partOf(headers);
      assertThat(part.getSizeBytes()).isBetween(1L, MAX_PART_BYTES);
      assertThat(part.getOffset()).isNotNegative();
      assertThat(headers.getLongField("Upload-Offset")).isEqualTo(part.getOffset());
      assertThat(headers.contains("Upload-Crc32c")).isEqualTo(part.hasCrc32C());
      if (part.hasCrc32C()) {
        assertThat(headers.get("Upload-Crc32c"))
            .isEqualToIgnoringCase("%08x".formatted(part.getCrc32C()));
      }
      assertThat(UploadHeaders.writerOf(headers)).matches("[A-Za-z0-9_-]{1,64}");
      assertThat(UploadHeaders.anyWriterOf(headers)).contains(UploadHeaders.writerOf(headers));
    } catch (ProblemException refused) {
      FuzzedRequest.requireRefusal(refused);
    }
  }

  @FuzzTest
  void hostThatPassesIsLiteralOrNamed(byte[] input) {
    String host = FuzzedRequest.text(input);
    if (AllowedHosts.LOCAL.permits(host) && !host.isEmpty()) {
      assertThat(host).matches("(?i)localhost\\.?|[0-9a-f.:\\[\\]]+");
    }
    try {
      AllowedHosts named = AllowedHosts.parse(host);
      assertThat(named.any()).isEqualTo(host.strip().equals("*"));
      assertThat(named.names()).allMatch(named::permits);
      String other = "attacker.example.test";
      assertThat(named.permits(other)).isEqualTo(named.any() || named.names().contains(other));
    } catch (IllegalArgumentException e) {
      assertThat(host).doesNotMatch("[a-z0-9]{1,100}(\\.[a-z0-9]{1,100})?");
    }
  }
}
