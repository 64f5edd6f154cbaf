package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.GenerateImageRequest;
import java.net.http.HttpClient.Version;
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
 * Requests for an image that are wrong: each is refused by name over HTTP and over gRPC, by the
 * gateway and by the generator itself, calls no function, and leaves nothing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class BadRequestsIT {

  private static final String[] JSON = {"Content-Type", "application/json"};
  private static final List<String> CREATES = List.of("/v1/images", "/v1/images:generate");
  private static final int MAX_BODY_BYTES = 64 << 10;

  private FaultyFleet fleet;
  private HttpCaller http1;
  private HttpCaller http2;
  private int calls;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    fleet = FaultyFleet.start(directory, Map.of());
    http1 = fleet.http(Version.HTTP_1_1);
    http2 = fleet.http(Version.HTTP_2);
  }

  @AfterAll
  void stop() throws Exception {
    http1.close();
    http2.close();
    fleet.close();
  }

  @BeforeEach
  void countCalls() throws Exception {
    calls = fleet.calls();
  }

  @AfterEach
  void nothingWasDone() throws Exception {
    assertThat(fleet.calls()).isEqualTo(calls);
    fleet.awaitBaseline();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          400 | -            | {"spec": {}
          400 | -            | ``
          400 | -            | {"spec": {}} {}
          400 | -            | {"spec": {}, "spec": {}}
          400 | -            | {"spec": {"sizeBytes": 1, "sizeBytes": 2}}
          400 | -            | {"spec": {"sizeBytes": 1,}}
          422 | -            | []
          422 | -            | "spec"
          422 | spec         | {}
          422 | spec         | {"spec": null}
          422 | spec         | {"spec": "sizeBytes"}
          422 | spec         | {"spec": []}
          422 | spec.a       | {"spec": {"a": 9007199254740993}}
          422 | spec.a       | {"spec": {"a": 9007199254740994.0}}
          422 | spec.a       | {"spec": {"a": 1e300}}
          422 | spec.a       | {"spec": {"a": 1e400}}
          400 | -            | {"spec": {"a": NaN}}
          422 | colour       | {"spec": {}, "colour": "red"}
          422 | request_id   | {"spec": {}, "request_id": "x"}
          422 | function     | {"spec": {}, "function": "nothing"}
          422 | function     | {"spec": {}, "function": "arn:aws:lambda:us-east-1:0:function:bytes"}
          422 | function     | {"spec": {}, "function": 1}
          422 | function     | {"spec": {}, "function": ""}
          422 | transfer     | {"spec": {}, "transfer": "FTP"}
          422 | transfer     | {"spec": {}, "transfer": "TRANSFER_UNSPECIFIED"}
          422 | transfer     | {"spec": {}, "transfer": 2}
          422 | pickup       | {"spec": {}, "pickup": "TWICE"}
          422 | pickup       | {"spec": {}, "pickup": true}
          422 | maxBytes     | {"spec": {}, "maxBytes": 0}
          422 | maxBytes     | {"spec": {}, "maxBytes": -1}
          422 | maxBytes     | {"spec": {}, "maxBytes": 1.5}
          422 | maxBytes     | {"spec": {}, "maxBytes": "1"}
          422 | maxBytes     | {"spec": {}, "maxBytes": 9223372036854775808}
          422 | maxBytes     | {"spec": {}, "maxBytes": 9223372036854775807}
          422 | ttl          | {"spec": {}, "ttl": "ten minutes"}
          422 | ttl          | {"spec": {}, "ttl": "0s"}
          422 | ttl          | {"spec": {}, "ttl": "90000s"}
          422 | ttl          | {"spec": {}, "ttl": 600}
          422 | filename     | {"spec": {}, "filename": ""}
          422 | filename     | {"spec": {}, "filename": "../map.png"}
          422 | filename     | {"spec": {}, "filename": "..\\\\map.png"}
          422 | filename     | {"spec": {}, "filename": "a\\r\\nSet-Cookie: b"}
          422 | filename     | {"spec": {}, "filename": {}}
          """)
  void body(String status, String field, String body) throws Exception {
    var expected = new Refused(status, "INVALID_REQUEST", field == null ? "" : field);
    for (String path : CREATES) {
      for (HttpCaller http : List.of(http1, http2)) {
        assertThat(http.refusal("POST", path, body, JSON)).as(path).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          spec       | {}
          function   | {"spec": {}, "function": "nothing"}
          transfer   | {"spec": {}, "transfer": 99}
          pickup     | {"spec": {}, "pickup": 99}
          max_bytes  | {"spec": {}, "maxBytes": -1}
          max_bytes  | {"spec": {}, "maxBytes": 9223372036854775807}
          ttl        | {"spec": {}, "ttl": "0s"}
          ttl        | {"spec": {}, "ttl": "90000s"}
          ttl        | {"spec": {}, "ttl": "-1s"}
          filename   | {"spec": {}, "filename": "../map.png"}
          filename   | {"spec": {}, "filename": "a\\r\\nSet-Cookie: b"}
          request_id | {"spec": {}, "requestId": "a b"}
          """)
  void message(String field, String json) {
    var expected = new Refused("INVALID_ARGUMENT", "INVALID_REQUEST", field);
    for (RpcCaller rpc : List.of(fleet.rpc, fleet.generator)) {
      assertThat(refusals(rpc, RpcCaller.request(json).build())).containsOnly(expected);
    }
  }

  private static List<Refused> refusals(RpcCaller rpc, CreateImageRequest request) {
    var generate = GenerateImageRequest.newBuilder().setCreate(request).build();
    return List.of(
        RpcCaller.refusal(() -> rpc.images().createImage(request)),
        RpcCaller.refusal(() -> rpc.images().generateImage(generate).next()));
  }

  /** A create may wait for 60 s at most; a generate waits anyhow. */
  @ParameterizedTest
  @CsvSource({
    "-1, 0",
    "-16, 0",
    "1, 2000000000",
    "1, -1",
    "61, 0",
    "60, 1",
    "0, -1",
    "9223372036854775807, 0",
    "-9223372036854775808, 0",
    "9223372036854775807, 2000000000",
    "60, 2147483647"
  })
  void waitOf(long seconds, int nanos) {
    CreateImageRequest request =
        RpcCaller.request("{\"spec\": {}}")
            .setWait(Duration.newBuilder().setSeconds(seconds).setNanos(nanos))
            .build();
    for (RpcCaller rpc : List.of(fleet.rpc, fleet.generator)) {
      assertThat(refusals(rpc, request))
          .containsExactly(
              new Refused("INVALID_ARGUMENT", "INVALID_REQUEST", "wait"),
              new Refused("INVALID_ARGUMENT", "INVALID_REQUEST", "create.wait"));
    }
  }

  /** Nanoseconds below a second, with the sign of the seconds; 1 s to 24 h. */
  @ParameterizedTest
  @CsvSource({
    "-16, 0",
    "86400, 1",
    "60, -1",
    "1, 2000000000",
    "0, 2000000000",
    "9223372036854775807, 0",
    "9223372036854775807, 2000000000",
    "-9223372036854775808, -1"
  })
  void ttlOf(long seconds, int nanos) {
    CreateImageRequest request =
        RpcCaller.request("{\"spec\": {}}")
            .setTtl(Duration.newBuilder().setSeconds(seconds).setNanos(nanos))
            .build();
    for (RpcCaller rpc : List.of(fleet.rpc, fleet.generator)) {
      assertThat(refusals(rpc, request))
          .containsOnly(new Refused("INVALID_ARGUMENT", "INVALID_REQUEST", "ttl"));
    }
  }

  /** JSON has no such numbers, or a double may have changed what was meant. */
  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.NEGATIVE_INFINITY, 0x1p53 + 2, 1e300})
  void numberOf(double number) {
    CreateImageRequest request = RpcCaller.request("{\"spec\": {}}").build();
    Struct spec =
        Struct.newBuilder()
            .putFields("a", Value.newBuilder().setNumberValue(number).build())
            .build();
    for (RpcCaller rpc : List.of(fleet.rpc, fleet.generator)) {
      assertThat(refusals(rpc, request.toBuilder().setSpec(spec).build()))
          .containsOnly(new Refused("INVALID_ARGUMENT", "INVALID_REQUEST", "spec"));
    }
  }

  /** As a message it has five times the bytes that it has as JSON. */
  @Test
  void manyNumbers() throws Exception {
    String numbers = "{\"spec\": {\"a\": [1" + ",1".repeat(32_000) + "]}}";
    for (String path : CREATES) {
      assertThat(http1.refusal("POST", path, numbers, JSON))
          .isEqualTo(new Refused("422", "INVALID_REQUEST", "spec"));
    }
  }

  @Test
  void tooLargeOrTooDeep() throws Exception {
    String filled = "{\"spec\": {\"a\": \"%s\"}}";
    String large = filled.formatted("x".repeat(MAX_BODY_BYTES + 1 + 2 - filled.length()));
    assertThat(large.length()).isEqualTo(MAX_BODY_BYTES + 1);
    String deep = "{\"spec\": " + "{\"a\": ".repeat(33) + "1" + "}".repeat(34);

    for (String path : CREATES) {
      for (HttpCaller http : List.of(http1, http2)) {
        assertThat(http.refusal("POST", path, large, JSON))
            .isEqualTo(new Refused("413", "INVALID_REQUEST", ""));
        assertThat(http.refusal("POST", path, deep, JSON))
            .isEqualTo(new Refused("422", "INVALID_REQUEST", "spec"));
        assertThat(http.refusal("POST", path, "[".repeat(60_000), JSON))
            .isEqualTo(new Refused("422", "INVALID_REQUEST", ""));
      }
    }
    for (RpcCaller rpc : List.of(fleet.rpc, fleet.generator)) {
      for (int bytes : new int[] {MAX_BODY_BYTES, 300_000, 4 << 20}) {
        String spec = filled.formatted("x".repeat(bytes));
        assertThat(refusals(rpc, RpcCaller.request(spec).build()))
            .containsOnly(new Refused("INVALID_ARGUMENT", "INVALID_REQUEST", "spec"));
      }
      assertThat(refusals(rpc, RpcCaller.request(deep).build()))
          .containsOnly(new Refused("INVALID_ARGUMENT", "INVALID_REQUEST", "spec"));
    }
  }

  @ParameterizedTest
  @CsvSource({"text/json", "application/x-www-form-urlencoded", "''", "application/jsonp"})
  void contentType(String type) throws Exception {
    String[] headers = type.isEmpty() ? new String[0] : new String[] {"Content-Type", type};
    for (String path : List.of("/v1/images", "/v1/images:generate", "/v1/uploads/x:complete")) {
      assertThat(http1.refusal("POST", path, "{\"spec\": {}}", headers))
          .isEqualTo(new Refused("415", "INVALID_REQUEST", ""));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "", "129 times x"})
  void idempotencyKey(String words) throws Exception {
    String key = words.startsWith("129") ? "x".repeat(129) : words;
    for (String path : CREATES) {
      assertThat(
              http1.refusal(
                  "POST",
                  path,
                  "{\"spec\": {}}",
                  "Content-Type",
                  "application/json",
                  "Idempotency-Key",
                  key))
          .isEqualTo(new Refused("422", "INVALID_REQUEST", "Idempotency-Key"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "404, GET,    /v1,                     -",
        "404, GET,    /v1/images/,             -",
        "404, GET,    /v1/images/x/y,          -",
        "404, GET,    /v1/images/x/content/,   -",
        "404, PATCH,  /v1/uploads/,            -",
        "404, PATCH,  /v1/uploads/x/y,         -",
        "404, POST,   /v2/images,              -",
        "400, GET,    /v1/images/%2e%2e,       -",
        "400, GET,    /v1/images/a%2fb,        -",
        "405, GET,    /v1/images,              POST",
        "405, DELETE, /v1/images:generate,     POST",
        "405, PUT,    /v1/images/x,            'DELETE, GET, HEAD'",
        "405, POST,   /v1/images/x/content,    'GET, HEAD'",
        "405, PATCH,  /v1/images/x/events,     GET",
        "405, PUT,    /v1/uploads/x,           PATCH",
        "405, GET,    /v1/uploads/x:complete,  POST",
        "405, TRACE,  /healthz,                'GET, HEAD'"
      })
  void pathOrMethod(String status, String method, String path, String allow) throws Exception {
    for (HttpCaller http : List.of(http1, http2)) {
      var answer = http.send(method, path, "");
      assertThat(Refused.of(answer, answer.body()))
          .isEqualTo(new Refused(status, "INVALID_REQUEST", ""));
      assertThat(answer.headers().firstValue("Allow").orElse(null)).isEqualTo(allow);
    }
  }
}
