package dev.coatcheck.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Readers that take less than comes: of an image of 64 chunks of 250,000 bytes. */
@Timeout(30)
class BackPressureTest {

  private static final int CHUNK = 250_000;
  private static final int CHUNKS = 64;

  /** What waits in the pickup, and what fits into the transport's window and the kernel. */
  private static final int MAX_AHEAD = Download.MAX_WAITING + 16;

  private ScriptedFleet fleet;
  private CoatcheckClient client;

  @BeforeEach
  void start() throws IOException {
    fleet = new ScriptedFleet(new ScriptedImage(CHUNKS * CHUNK, CHUNK));
    client = CoatcheckClient.connect(fleet.target());
  }

  @AfterEach
  void stop() throws InterruptedException {
    client.close();
    fleet.close();
  }

  @Test
  void slowReaderHoldsTheImageBack() throws IOException {
    try (InputStream stream = client.generate(Map.of()).stream()) {
      assertThat(stream.readNBytes(CHUNK)).hasSize(CHUNK);
      int sent = settledSentChunks();
      assertThat(sent).isLessThanOrEqualTo(1 + MAX_AHEAD);
      assertThat(stream.readNBytes(10 * CHUNK)).hasSize(10 * CHUNK);
      assertThat(settledSentChunks()).isBetween(sent + 1, 11 + MAX_AHEAD);
      assertThat(stream.readAllBytes()).hasSize(53 * CHUNK);
    }
  }

  @Test
  void subscriberGetsAsMuchAsItAskedFor() throws Exception {
    var subscriber = new Counting();
    client.generate(Map.of()).publisher().subscribe(subscriber);
    Flow.Subscription subscription = subscriber.subscription.get(10, TimeUnit.SECONDS);
    assertThat(subscriber.chunks).hasValue(0);

    subscription.request(2);
    await().until(() -> subscriber.chunks.get() == 2);
    assertThat(settledSentChunks()).isLessThanOrEqualTo(2 + MAX_AHEAD);
    assertThat(subscriber.chunks).hasValue(2);

    subscription.request(CHUNKS - 2);
    assertThat(subscriber.completed.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(subscriber.bytes).hasValue(CHUNKS * CHUNK);
  }

  @Test
  void subscriberLeaves() throws Exception {
    var subscriber = new Counting();
    client.generate(Map.of()).publisher().subscribe(subscriber);
    Flow.Subscription subscription = subscriber.subscription.get(10, TimeUnit.SECONDS);
    subscription.request(3);
    await().until(() -> subscriber.chunks.get() == 3);
    subscription.cancel();
    assertThat(fleet.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(subscriber.chunks).hasValue(3);
  }

  @Test
  void subscriberIsToldWhyThereIsNoImage() throws Exception {
    fleet.close();
    var subscriber = new Counting();
    client.generate(Map.of()).deadline(Duration.ofMillis(300)).publisher().subscribe(subscriber);
    assertThat(subscriber.failure.get(10, TimeUnit.SECONDS)).isInstanceOf(CoatcheckException.class);
  }

  /** How much was sent when no more is. */
  private int settledSentChunks() {
    AtomicInteger seen = new AtomicInteger(-1);
    await()
        .during(Duration.ofMillis(300))
        .until(() -> fleet.sentChunks.get() == seen.getAndSet(fleet.sentChunks.get()));
    return seen.get();
  }

  private static final class Counting implements Flow.Subscriber<ByteBuffer> {

    final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    final CountDownLatch completed = new CountDownLatch(1);
    final AtomicInteger chunks = new AtomicInteger();
    final AtomicInteger bytes = new AtomicInteger();

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription.complete(given);
    }

    @Override
    public void onNext(ByteBuffer chunk) {
      bytes.addAndGet(chunk.remaining());
      chunks.incrementAndGet();
    }

    @Override
    public void onError(Throwable thrown) {
      failure.complete(thrown);
    }

    @Override
    public void onComplete() {
      completed.countDown();
    }
  }
}
