package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The generator's pace is the writer's pace, and a writer without a pace is cut. */
final class PartBackPressureTest extends UploadTest {

  /** A window of the wire, a chunk here, the kernel's buffers, the client's own: generous. */
  private static final long MAX_IN_FLIGHT = 10_000_000;

  private static final int PIECE = 64 << 10;

  private final AtomicLong sentBytes = new AtomicLong();

  @Override
  Duration stallTimeout() {
    return Duration.ofMillis(700);
  }

  @Test
  void generatorThatDoesNotReadHoldsUpTheWriterOverHttp1() throws Exception {
    generator.ingest.stopReading();
    byte[] bytes = bytes(MAX_PART);

    try (var client = new RawConnection(gateway.httpPort())) {
      client.send(partHead(MAX_PART));
      var sending =
          CompletableFuture.runAsync(() -> {
            try {
              for (int i = 0; i < bytes.length; i += PIECE) {
                client.send(java.util.Arrays.copyOfRange(bytes, i, i + PIECE));
                sentBytes.addAndGet(PIECE);
              }
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          });
      awaitStall();
      assertThat(sentBytes).hasValueLessThan(MAX_IN_FLIGHT);
      assertThat(sending).isNotDone();

      generator.ingest.goOnReading();

      assertThat(client.head()).startsWith("HTTP/1.1 204 ");
      sending.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    assertThat(generator.ingest.parts.getFirst().bytes().toByteArray()).isEqualTo(bytes);
  }

  @Test
  void generatorThatDoesNotReadHoldsUpTheWriterOverHttp2AndNobodyElse() throws Exception {
    speak(Version.HTTP_2);
    generator.ingest.stopReading();
    byte[] bytes = bytes(MAX_PART);

    var sending =
        http.sendAsync(
            part(token, 0, BodyPublishers.fromPublisher(counted(bytes), bytes.length))
                .version(Version.HTTP_2)
                .build(),
            BodyHandlers.discarding());
    awaitStall();
    assertThat(sentBytes).hasValueLessThan(MAX_IN_FLIGHT);

    // the same connections, on both sides of the gateway
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(3_000_000));
    var other = send(request(contentOf(image)).version(Version.HTTP_2).GET());
    assertThat(other.version()).isEqualTo(Version.HTTP_2);
    assertThat(other.body()).isEqualTo(image.bytes);
    assertThat(sending).isNotDone();

    generator.ingest.goOnReading();

    assertThat(sending.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).statusCode()).isEqualTo(204);
    assertThat(generator.ingest.parts.getFirst().bytes().toByteArray()).isEqualTo(bytes);
  }

  @Test
  void writerWhoSendsNothingIsCut() throws Exception {
    try (var client = new RawConnection(gateway.httpPort())) {
      client.send(partHead(MAX_PART)).send(bytes(1000));

      assertThat(client.readToEnd()).asString().startsWith("HTTP/1.1 400 ");
    }
    await().atMost(PATIENCE).until(() -> generator.ingest.cancelledParts.get() == 1);
  }

  private Flow.Publisher<ByteBuffer> counted(byte[] bytes) {
    return BodyPublishers.ofInputStream(() ->
        new java.io.ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] to, int offset, int length) {
            int read = super.read(to, offset, length);
            sentBytes.addAndGet(Math.max(0, read));
            return read;
          }
        });
  }

  /** Waits until nothing more was sent for longer than a connection may be idle. */
  private void awaitStall() {
    await().atMost(PATIENCE).until(() -> sentBytes.get() > 0);
    long[] last = {-1};
    await()
        .atMost(PATIENCE)
        .pollInterval(stallTimeout().multipliedBy(2))
        .until(() -> {
          long before = last[0];
          last[0] = sentBytes.get();
          return before == last[0];
        });
  }
}
