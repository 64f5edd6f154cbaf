package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.v1.ErrorReason;
import io.grpc.Status.Code;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts that the generator refuses, or whose writer goes away. */
final class BrokenPartTest extends UploadTest {

  private static final int HALF = MAX_PART / 2;

  @ParameterizedTest
  @CsvSource({
    "HTTP_1_1, 0,        ABORTED,          ATTEMPT_SUPERSEDED, 409",
    "HTTP_1_1, 1000000,  ABORTED,          ATTEMPT_SUPERSEDED, 409",
    "HTTP_1_1, 1000000,  INVALID_ARGUMENT, INVALID_REQUEST,    422",
    "HTTP_1_1, 99999999, INVALID_ARGUMENT, INVALID_REQUEST,    422",
    "HTTP_1_1, 0,        NOT_FOUND,        UPLOAD_NOT_FOUND,   404",
    "HTTP_2,   0,        ABORTED,          ATTEMPT_SUPERSEDED, 409",
    "HTTP_2,   1000000,  ABORTED,          ATTEMPT_SUPERSEDED, 409",
    "HTTP_2,   1000000,  INVALID_ARGUMENT, INVALID_REQUEST,    422",
    "HTTP_2,   99999999, INVALID_ARGUMENT, INVALID_REQUEST,    422",
    "HTTP_2,   0,        NOT_FOUND,        UPLOAD_NOT_FOUND,   404",
  })
  void refusalReachesTheWriter(
      Version version, long atBytes, Code code, ErrorReason reason, int status) throws Exception {
    speak(version);
    generator.ingest.refuseAtBytes = atBytes;
    generator.ingest.refusal = Refusals.of(code, reason, Map.of());

    for (int i = 0; i < 2; i++) {
      var response = send(part(0, bytes(MAX_PART)).version(version));
      assertThat(response.version()).isEqualTo(version);
      assertProblem(response, status, reason.name());
    }
    assertThat(generator.ingest.parts).isEmpty();
    assertThat(generator.calls).hasValue(2);

    generator.ingest.refusal = null;
    assertThat(send(part(0, bytes(1000)).version(version)).statusCode()).isEqualTo(204);
  }

  /** Many simple clients look for the answer only when they have sent everything. */
  @Test
  void writerWhoSendsAllBeforeItReadsIsAnsweredAndMayGoOn() throws Exception {
    generator.ingest.refusal = Refusals.of(Code.ABORTED, ErrorReason.ATTEMPT_SUPERSEDED, Map.of());

    try (var client = new RawConnection(gateway.httpPort())) {
      for (int i = 0; i < 3; i++) {
        String head = client.send(partHead(MAX_PART)).send(bytes(MAX_PART)).head();
        assertThat(head).startsWith("HTTP/1.1 409 ");
        assertThat(client.body(head)).contains("ATTEMPT_SUPERSEDED");
      }
    }
  }

  @Test
  void writerIsAnsweredInTheMiddleOfThePart() throws Exception {
    generator.ingest.refuseAtBytes = HALF;
    generator.ingest.refusal = Refusals.of(Code.ABORTED, ErrorReason.ATTEMPT_SUPERSEDED, Map.of());

    try (var client = new RawConnection(gateway.httpPort())) {
      String head = client.send(partHead(MAX_PART)).send(bytes(HALF)).head();
      assertThat(head).startsWith("HTTP/1.1 409 ");
      assertThat(client.body(head)).contains("ATTEMPT_SUPERSEDED");
    }
  }

  @Test
  void bodyThatNobodyWantsIsNotReadForEver() throws Exception {
    try (var client = new RawConnection(gateway.httpPort())) {
      client.send(partHead(1L << 40));
      assertThat(client.head()).startsWith("HTTP/1.1 413 ");
      long sent = 0;
      try {
        for (; sent < 200_000_000; sent += MAX_PART) {
          client.send(new byte[MAX_PART]);
        }
      } catch (java.io.IOException closed) {
        // as expected
      }
      assertThat(sent).isLessThan(100_000_000);
    }
  }

  @Test
  void answerToHalfAPartIsNoSuccess() throws Exception {
    generator.ingest.answersEarly = true;

    assertProblem(send(part(0, bytes(MAX_PART))), 503, "GENERATOR_UNAVAILABLE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"reset", "close"})
  void writerWhoLeavesIsNotWaitedForByTheGenerator(String how) throws Exception {
    var client = new RawConnection(gateway.httpPort());
    client.send(partHead(MAX_PART)).send(bytes(HALF));
    await().atMost(PATIENCE).until(() -> generator.ingest.receivedBytes.get() == HALF);

    if (how.equals("reset")) {
      client.reset();
    } else {
      client.close();
    }

    await().atMost(PATIENCE).until(() -> generator.ingest.cancelledParts.get() == 1);
    assertThat(generator.ingest.parts).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void writerWhoLeavesOverHttp2IsNotWaitedForByTheGenerator(boolean generatorReads)
      throws Exception {
    speak(Version.HTTP_2);
    if (!generatorReads) {
      generator.ingest.stopReading();
    }
    try (var body = new SubmissionPublisher<ByteBuffer>()) {
      var sending =
          http.sendAsync(
              part(token, 0, BodyPublishers.fromPublisher(body, MAX_PART))
                  .version(Version.HTTP_2)
                  .build(),
              BodyHandlers.discarding());
      body.submit(ByteBuffer.wrap(bytes(HALF)));
      await()
          .atMost(PATIENCE)
          .until(() ->
              generatorReads
                  ? generator.ingest.receivedBytes.get() == HALF
                  : generator.calls.get() == 1);

      sending.cancel(true);

      await().atMost(PATIENCE).until(() -> generator.ingest.cancelledParts.get() == 1);
      assertThat(generator.ingest.parts).isEmpty();
    }
  }
}
