package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contract.StatusDetails;
import dev.coatcheck.gateway.routing.Discovery;
import dev.coatcheck.key.ImageKey;
import dev.coatcheck.key.KeySealer;
import dev.coatcheck.key.KeysetFile;
import dev.coatcheck.key.UploadToken;
import dev.coatcheck.v1.ErrorReason;
import io.grpc.Status.Code;
import java.net.ConnectException;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts reach the generator that their token names, whole and as they are. */
final class PartTest extends UploadTest {

  @ParameterizedTest
  @EnumSource(Version.class)
  void partArrivesAsItIs(Version version) throws Exception {
    speak(version);
    byte[] bytes = bytes(MAX_PART);

    var response = send(part(1L << 33, bytes).version(version).header("Upload-Crc32c", "fedcBA98"));

    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.version()).isEqualTo(version);
    assertThat(response.body()).isEmpty();
    assertThat(response.headers().firstValue("cache-control")).hasValue("no-store");
    FakeIngest.Part part = generator.ingest.parts.getFirst();
    assertThat(part.bytes().toByteArray()).isEqualTo(bytes);
    assertThat(part.token()).isEqualTo(token);
    assertThat(part.writer()).isEqualTo(WRITER);
    assertThat(part.head().getOffset()).isEqualTo(1L << 33);
    assertThat(part.head().getSizeBytes()).isEqualTo(MAX_PART);
    assertThat(part.head().getCrc32C()).isEqualTo(0xfedcba98);
    assertThat(generator.ingest.largestDataBytes).hasValueLessThanOrEqualTo(128 << 10);
  }

  @Test
  void checksumIsOptional() throws Exception {
    assertThat(send(part(0, bytes(1))).statusCode()).isEqualTo(204);

    assertThat(generator.ingest.parts.getFirst().head().hasCrc32C()).isFalse();
    assertThat(generator.ingest.parts.getFirst().bytes().toByteArray()).isEqualTo(bytes(1));
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void partsInParallelAreNotMixed(Version version) throws Exception {
    speak(version);
    int size = 300_001;
    List<CompletableFuture<HttpResponse<byte[]>>> sent = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      sent.add(
          http.sendAsync(
              part(i, bytes(size + i)).version(version).build(), BodyHandlers.ofByteArray()));
    }

    for (var response : sent) {
      assertThat(response.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).statusCode()).isEqualTo(204);
    }
    assertThat(generator.ingest.parts).hasSize(40);
    for (var part : generator.ingest.parts) {
      assertThat(part.bytes().toByteArray()).isEqualTo(bytes(size + (int) part.head().getOffset()));
    }
  }

  /** What curl does with a larger body. */
  @Test
  void writerWhoAsksFirstIsToldToGoOn() throws Exception {
    try (var client = new RawConnection(gateway.httpPort())) {
      client.send(partHead(4).replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n"));
      assertThat(client.head()).startsWith("HTTP/1.1 100 ");
      client.send("part");
      assertThat(client.head()).startsWith("HTTP/1.1 204 ");
    }
    assertThat(generator.ingest.parts.getFirst().bytes().toStringUtf8()).isEqualTo("part");
  }

  @Test
  void writerWhoAsksFirstIsSparedTheBodyThatIsNotWanted() throws Exception {
    token = "forged";
    try (var client = new RawConnection(gateway.httpPort())) {
      client.send(partHead(4).replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n"));
      assertThat(client.readToEnd()).asString().startsWith("HTTP/1.1 404 ").endsWith("}");
    }

    speak(Version.HTTP_2);
    var response = send(part(0, bytes(MAX_PART)).version(Version.HTTP_2).expectContinue(true));
    assertThat(response.version()).isEqualTo(Version.HTTP_2);
    assertProblem(response, 404, "UPLOAD_NOT_FOUND");
  }

  @ParameterizedTest
  @ValueSource(strings = {"part", "complete"})
  void tokenThatIsNoneIsNotFoundWithNoCallToAnyGenerator(String what) throws Exception {
    var other = directory.resolve("other");
    KeysetFile.create(other);
    Instant later = Instant.now().plusSeconds(600);
    String foreign =
        new KeySealer(KeysetFile.open(other)::aead)
            .seal(new UploadToken("ab".repeat(32), 1, 1, later, 1, generator.address()));
    String imageKey =
        sealer.seal(ImageKey.create(new SecureRandom(), later, 1, generator.address()));

    for (String wrong :
        List.of(
            foreign,
            imageKey,
            (token.charAt(0) == 'A' ? 'B' : 'A') + token.substring(1),
            token.substring(0, token.length() - 1),
            token.substring(4),
            token + "A",
            token + "=",
            token + "%3D",
            "x",
            "x".repeat(300),
            "%41",
            generator.uploadToken(Instant.now().minusSeconds(1)))) {
      var response =
          what.equals("part")
              ? send(part(wrong, 0, BodyPublishers.ofByteArray(bytes(1000))))
              : post("/v1/uploads/" + wrong + ":complete", CompleteUploadTest.GOOD);
      assertProblem(response, 404, "UPLOAD_NOT_FOUND");
      assertThat(new String(response.body(), java.nio.charset.StandardCharsets.UTF_8))
          .doesNotContain(wrong.length() > 10 ? wrong : token);
    }
    assertThat(generator.calls).hasValue(0);
  }

  @Test
  void uploadTokenIsNoImageKey() throws Exception {
    assertProblem(get(uri("/v1/images/" + token + "/content")), 404, "IMAGE_NOT_FOUND");
    assertThat(generator.calls).hasValue(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "422 | Upload-Offset  | Upload-Writer: a",
        "422 | Upload-Offset  | Upload-Writer: a; Upload-Offset: ",
        "422 | Upload-Offset  | Upload-Writer: a; Upload-Offset: -1",
        "422 | Upload-Offset  | Upload-Writer: a; Upload-Offset: +1",
        "422 | Upload-Offset  | Upload-Writer: a; Upload-Offset: 0x1",
        "422 | Upload-Offset  | Upload-Writer: a; Upload-Offset: 1.0",
        "422 | Upload-Offset  | Upload-Writer: a; Upload-Offset: 9223372036854775808",
        "422 | Upload-Offset  | Upload-Writer: a; Upload-Offset: 1; Upload-Offset: 1",
        "422 | Upload-Writer  | Upload-Offset: 0",
        "422 | Upload-Writer  | Upload-Offset: 0; Upload-Writer: ",
        "422 | Upload-Writer  | Upload-Offset: 0; Upload-Writer: a b",
        "422 | Upload-Writer  | Upload-Offset: 0; Upload-Writer: a.b",
        "422 | Upload-Writer  | Upload-Offset: 0; Upload-Writer: LONG",
        "422 | Upload-Writer  | Upload-Offset: 0; Upload-Writer: a; upload-writer: b",
        "422 | Upload-Crc32c  | Upload-Offset: 0; Upload-Writer: a; Upload-Crc32c: ",
        "422 | Upload-Crc32c  | Upload-Offset: 0; Upload-Writer: a; Upload-Crc32c: 1234567",
        "422 | Upload-Crc32c  | Upload-Offset: 0; Upload-Writer: a; Upload-Crc32c: 123456789",
        "422 | Upload-Crc32c  | Upload-Offset: 0; Upload-Writer: a; Upload-Crc32c: 1234567g",
        "422 | Content-Length | Upload-Offset: 0; Upload-Writer: a; Content-Length: 0",
        "411 |                | Upload-Offset: 0; Upload-Writer: a; Transfer-Encoding: chunked",
        "413 |                | Upload-Offset: 0; Upload-Writer: a; Content-Length: 16777217",
        "413 |                | Upload-Offset: 0; Upload-Writer: a; Content-Length: 99999999999",
      })
  void wrongHeadersAreRefusedByName(int status, String field, String headers) throws Exception {
    String length =
        headers.contains("Content-Length") || headers.contains("Transfer-Encoding")
            ? ""
            : "Content-Length: 4\r\n";
    try (var client = new RawConnection(gateway.httpPort())) {
      client.send(
          "PATCH /v1/uploads/%s HTTP/1.1\r\nHost: gateway\r\n%s%s\r\n\r\n"
              .formatted(
                  token, length, headers.replace("; ", "\r\n").replace("LONG", "a".repeat(65))));

      String head = client.head();
      assertThat(head).startsWith("HTTP/1.1 " + status + " ");
      String problem = client.body(head);
      assertThat(problem).contains("\"reason\":\"INVALID_REQUEST\"");
      if (field != null) {
        assertThat(problem).contains("\"field\":\"" + field + "\"");
      }
    }
    assertThat(generator.calls).hasValue(0);
  }

  @Test
  void lengthIsRequiredOverHttp2() throws Exception {
    speak(Version.HTTP_2);

    var response =
        send(
            part(token, 0, BodyPublishers.ofByteArrays(List.of(bytes(1000))))
                .version(Version.HTTP_2));

    assertThat(response.version()).isEqualTo(Version.HTTP_2);
    assertProblem(response, 411, "INVALID_REQUEST");
    assertThat(generator.calls).hasValue(0);
  }

  /** What a generator calls the fields of a part are headers here. */
  @ParameterizedTest
  @CsvSource({
    "offset, Upload-Offset",
    "size_bytes, Content-Length",
    "crc32c, Upload-Crc32c",
    "data, data"
  })
  void refusalOfAPartNamesWhatWasSent(String field, String told) throws Exception {
    generator.ingest.refusal =
        StatusDetails.of(
            Code.INVALID_ARGUMENT,
            ErrorReason.INVALID_REQUEST,
            field + ": 5 (expected: 6)",
            Map.of("field", field),
            Optional.empty());

    var response = send(part(0, bytes(1000)));

    assertProblem(response, 422, "INVALID_REQUEST");
    assertThat(json(response).get("field").asText()).isEqualTo(told);
    assertThat(json(response).get("detail").asText()).isEqualTo(told + ": 5 (expected: 6)");
  }

  @Test
  void generatorThatIsGoneIsUnavailable() throws Exception {
    generator.close();

    var response = send(part(0, bytes(MAX_PART)));

    assertProblem(response, 503, "GENERATOR_UNAVAILABLE");
    assertThat(response.headers().firstValue("retry-after")).hasValue("1");
  }

  @Test
  void generatorThatDiscoveryDoesNotKnowIsDialled() throws Exception {
    try (FakeGenerator unknown = FakeGenerator.start(sealer)) {
      token = unknown.uploadToken(Instant.now().plusSeconds(60));

      assertThat(send(part(0, bytes(1000))).statusCode()).isEqualTo(204);

      assertThat(unknown.ingest.parts).hasSize(1);
    }
  }

  /** 1. A part is under way. 2. The gateway is told to end. 3. The part goes on to its end. */
  @Test
  void partInFlightIsNotCut() throws Exception {
    int port = gateway.httpPort();
    generator.ingest.stopReading();
    var response = http.sendAsync(part(0, bytes(MAX_PART)).build(), BodyHandlers.discarding());
    await().atMost(PATIENCE).until(() -> generator.calls.get() == 1);

    var closing =
        CompletableFuture.runAsync(() -> {
          try {
            gateway.close(Duration.ofSeconds(20));
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThatThrownBy(() -> new RawConnection(port).close())
                .isInstanceOf(ConnectException.class));
    assertThat(closing).isNotDone();
    generator.ingest.goOnReading();

    assertThat(response.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).statusCode()).isEqualTo(204);
    assertThat(generator.ingest.parts.getFirst().bytes().toByteArray()).isEqualTo(bytes(MAX_PART));
    closing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void partGoesThroughAnyGateway() throws Exception {
    var second = startGateway(new Discovery.Fixed(List.of("127.0.0.1:1")));
    try {
      gateway.close();
      gateway = second;
      assertThat(send(part(0, bytes(1000))).statusCode()).isEqualTo(204);
    } finally {
      second.close();
    }
  }
}
