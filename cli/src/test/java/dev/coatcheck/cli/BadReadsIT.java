package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.lambda.local.bytes.BytesFunction;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.DownloadImageRequest.ClaimUse;
import dev.coatcheck.v1.Settlement;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests for the bytes of an image that are wrong: each is refused by name, and spends nothing:
 * afterwards the image goes out whole.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class BadReadsIT {

  private static final int SIZE = 1000;

  private FaultyFleet fleet;
  private HttpCaller http;
  private String name;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    fleet = FaultyFleet.start(directory, Map.of());
    http = fleet.http(Version.HTTP_1_1);
  }

  @AfterAll
  void stop() throws Exception {
    http.close();
    fleet.close();
  }

  @BeforeEach
  void make() throws Exception {
    name = http.create("{\"spec\": {\"sizeBytes\": %d}}".formatted(SIZE));
    assertThat(http.finished(name).path("state").asText()).isEqualTo("COMPLETE");
  }

  @AfterEach
  void imageIsAllThere() throws Exception {
    assertThat(http.content(name))
        .isInstanceOfSatisfying(
            Ending.Whole.class,
            whole ->
                assertThat(whole.bytes().toByteArray()).isEqualTo(BytesFunction.content(SIZE, 0)));
    assertThat(http.send("DELETE", "/v1/" + name, "").statusCode()).isEqualTo(204);
    fleet.awaitBaseline();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          400 | INVALID_REQUEST | Range       | Range       | bytes=
          400 | INVALID_REQUEST | Range       | Range       | bytes=a-b
          400 | INVALID_REQUEST | Range       | Range       | bytes=5-4
          400 | INVALID_REQUEST | Range       | Range       | bytes=-
          400 | INVALID_REQUEST | Range       | Range       | 0-10
          400 | INVALID_REQUEST | Range       | Range       | bytes=5-9,3-x
          400 | INVALID_REQUEST | Range       | Range       | bytes=--5
          416 | RANGE_PAST_END  | ``          | Range       | bytes=-0
          416 | RANGE_PAST_END  | ``          | Range       | bytes=1000-
          416 | RANGE_PAST_END  | ``          | Range       | bytes=1000-2000
          416 | RANGE_PAST_END  | ``          | Range       | bytes=99999999999999999999-
          412 | ETAG_MISMATCH   | ``          | If-Match    | "another"
          412 | ETAG_MISMATCH   | ``          | If-Match    | W/"another"
          422 | INVALID_REQUEST | If-Match    | If-Match    | another
          422 | INVALID_REQUEST | If-Match    | If-Match    | "one" "two"
          412 | ETAG_MISMATCH   | ``          | If-Match    | "one", "two"
          422 | INVALID_REQUEST | If-None-Match | If-None-Match | another
          503 | INVALID_REQUEST | ``          | Sec-Purpose | prefetch;prerender
          503 | INVALID_REQUEST | ``          | Purpose     | prefetch
          """)
  void header(String status, String reason, String field, String header, String value)
      throws Exception {
    var answer = http.send("GET", "/v1/" + name + "/content", "", header, value);

    assertThat(Refused.of(answer, answer.body())).isEqualTo(new Refused(status, reason, field));
    boolean pastEnd = status.equals("416") && !value.endsWith("=-0");
    assertThat(answer.headers().firstValue("Content-Range").orElse(""))
        .isEqualTo(pastEnd ? "bytes */" + SIZE : "");
    assertThat(answer.headers().firstValue("ETag")).as("no claim was made").isEmpty();
  }

  /** 1. A pickup has begun. 2. All of it was read. Each time its tag gets nothing again. */
  @Test
  void tagOfThePickup() throws Exception {
    String path = "/v1/" + name + "/content";
    var first = http.send("GET", path, "", "Range", "bytes=0-9");
    String tag = first.headers().firstValue("ETag").orElseThrow();
    awaitMetadata("\"deliveredBytes\":10,");
    assertNothingIsSent(path, tag);

    var rest = http.send("GET", path, "", "If-Match", tag, "If-None-Match", "\"other\"");
    assertThat(rest.statusCode()).isEqualTo(200);
    assertThat(rest.body()).isEqualTo(BytesFunction.content(SIZE, 0));
    awaitMetadata("\"state\":\"DELIVERED\"");
    assertNothingIsSent(path, tag);

    assertThat(http.send("DELETE", "/v1/" + name, "").statusCode()).isEqualTo(204);
    assertThat(http.send("GET", path, "", "If-None-Match", tag).statusCode()).isEqualTo(410);
    make(); // for the look at the end
  }

  private void awaitMetadata(String words) {
    await()
        .untilAsserted(() ->
            assertThat(http.send("GET", "/v1/" + name, "").body())
                .asString(StandardCharsets.UTF_8)
                .contains(words));
  }

  private void assertNothingIsSent(String path, String tag) throws Exception {
    var before = http.send("GET", "/v1/" + name, "").body();
    for (String method : List.of("GET", "HEAD")) {
      for (String tags : List.of(tag, "W/" + tag, "\"other\", " + tag)) {
        var answer = http.send(method, path, "", "If-None-Match", tags);
        assertThat(answer.statusCode()).as(method + " " + tags).isEqualTo(304);
        assertThat(answer.headers().firstValue("ETag")).hasValue(tag);
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
      }
      assertThat(
              http.send(method, path, "", "If-Match", "\"other\"", "If-None-Match", tag)
                  .statusCode())
          .isIn(410, 412);
    }
    assertThat(http.send("GET", "/v1/" + name, "").body()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0-9,5-14", "0-0,0-0", "900-,-1"})
  void severalRangesGetTheWhole(String ranges) throws Exception {
    assertThat(wholeFor("bytes=" + ranges)).isEqualTo(BytesFunction.content(SIZE, 0));
  }

  @Test
  void thirteenHundredRangesGetTheWhole() throws Exception {
    assertThat(wholeFor("bytes=0-0" + ",5-9".repeat(1299)))
        .isEqualTo(BytesFunction.content(SIZE, 0));
  }

  private byte[] wholeFor(String range) throws Exception {
    String another = "/v1/" + http.create("{\"spec\": {\"sizeBytes\": %d}}".formatted(SIZE));
    var answer = http.send("GET", another + "/content", "", "Range", range);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(http.send("DELETE", another, "").statusCode()).isEqualTo(204);
    return answer.body();
  }

  @Test
  void oldProtocol() throws Exception {
    try (var socket =
        new Socket(InetAddress.getLoopbackAddress(), fleet.fleet.gateways.getFirst().httpPort())) {
      socket
          .getOutputStream()
          .write(
              ("POST /v1/images:generate HTTP/1.0\r\nContent-Type: application/json\r\n"
                      + "Content-Length: 2\r\n\r\n{}")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 505 ").contains("\"reason\":\"INVALID_REQUEST\"");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          INVALID_ARGUMENT    | INVALID_REQUEST | read_offset | {"readOffset": -1}
          INVALID_ARGUMENT    | INVALID_REQUEST | read_limit  | {"readLimit": -1}
          INVALID_ARGUMENT    | INVALID_REQUEST | read_suffix | {"readSuffix": 1, "readOffset": 1}
          INVALID_ARGUMENT    | INVALID_REQUEST | claim_use   | {"claimUse": 99}
          OUT_OF_RANGE        | RANGE_PAST_END  | ``          | {"readOffset": 1000}
          FAILED_PRECONDITION | ETAG_MISMATCH   | ``          | {"claim": "another", "claimUse": "REQUIRED"}
          """)
  void message(String code, String reason, String field, String json) throws Exception {
    for (RpcCaller rpc : List.of(fleet.rpc, fleet.generator)) {
      assertThat(rpc.download(RpcCaller.downloadRequest(json).setName(name)))
          .isEqualTo(new Ending.Told(new Refused(code, reason, field)));
    }
  }

  /** How far a download got is for the gateway to say, not for who asked it. */
  @Test
  void manualSettlementAtAGateway() {
    assertThat(
            fleet.rpc.download(
                DownloadImageRequest.newBuilder()
                    .setName(name)
                    .setSettlement(Settlement.MANUAL)
                    .setClaimUse(ClaimUse.OPTIONAL)))
        .isEqualTo(
            new Ending.Told(new Refused("INVALID_ARGUMENT", "INVALID_REQUEST", "settlement")));
  }

  /** It is a hint (RFC 7240, 2): what cannot be read is as good as none. */
  @ParameterizedTest
  @ValueSource(strings = {"wait", "wait=", "wait=soon", "wait=-1", "wait=0", ";;,"})
  void preference(String prefer) throws Exception {
    var answer = http.send("GET", "/v1/" + name, "", "Prefer", prefer);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Preference-Applied")).isEmpty();
  }

  @Test
  void quoteThatDoesNotEnd() throws Exception {
    assertThat(http.refusal("GET", "/v1/" + name, "", "Prefer", "wait=\"5"))
        .isEqualTo(new Refused("400", "INVALID_REQUEST", ""));
  }

  @Test
  void idempotencyKeyOfAnotherRequest() throws Exception {
    String body = "{\"spec\": {\"sizeBytes\": %d}}";
    String[] headers = {"Content-Type", "application/json", "Idempotency-Key", "once"};
    var first = http.send("POST", "/v1/images", body.formatted(1000), headers);
    assertThat(first.statusCode()).isEqualTo(202);
    var again = http.send("POST", "/v1/images", body.formatted(1000), headers);
    assertThat(location(again)).isEqualTo(location(first));

    assertThat(http.refusal("POST", "/v1/images", body.formatted(1001), headers))
        .isEqualTo(new Refused("422", "INVALID_REQUEST", "Idempotency-Key"));
    var request = RpcCaller.request(body.formatted(1001)).setRequestId("once").build();
    for (RpcCaller rpc : List.of(fleet.rpc, fleet.generator)) {
      assertThat(RpcCaller.refusal(() -> rpc.images().createImage(request)))
          .isEqualTo(new Refused("INVALID_ARGUMENT", "INVALID_REQUEST", "request_id"));
    }
    assertThat(http.send("DELETE", location(first), "").statusCode()).isEqualTo(204);
  }

  private static String location(java.net.http.HttpResponse<?> answer) {
    return answer.headers().firstValue("Location").orElseThrow();
  }
}
