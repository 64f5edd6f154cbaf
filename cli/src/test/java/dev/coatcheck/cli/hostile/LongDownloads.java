package dev.coatcheck.cli.hostile;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Healthy clients who read an image each, which is made for longer than the attack lasts: whoever
 * cuts what others read, cuts these.
 *
 * <p><b>Lifecycle:</b> read from {@link #begin} on; {@link #awaitEnd} before {@link #close}.
 */
final class LongDownloads implements AutoCloseable {

  private static final int COUNT = 2;
  private static final int BYTES_PER_SECOND = 2 << 20;
  private static final Duration LONGER_THAN_ATTACK = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration TO_END = Duration.ofSeconds(60);
  private static final long SEED = -7;

  private final List<HttpDownload> downloads = new ArrayList<>();
  private final List<Future<?>> readings = new ArrayList<>();
  private final ExecutorService readers =
      Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory());

  private LongDownloads() {}

  static LongDownloads begin(Target target, Duration attack)
      throws IOException, InterruptedException {
    long millis = attack.plus(LONGER_THAN_ATTACK).toMillis();
    int sizeBytes = Math.toIntExact(BYTES_PER_SECOND * millis / 1000);
    LongDownloads begun = new LongDownloads();
    for (int i = 0; i < COUNT; i++) {
      HttpDownload download =
          HttpDownload.order(target.http(), sizeBytes, SEED, BYTES_PER_SECOND, PATIENCE);
      begun.downloads.add(download);
      begun.readings.add(
          begun.readers.submit(() -> {
            download.finish();
            return null;
          }));
    }
    return begun;
  }

  int count() {
    return COUNT;
  }

  /** Waits until all have ended; why those failed that did. */
  List<String> awaitEnd() throws InterruptedException {
    List<String> failures = new ArrayList<>();
    for (Future<?> reading : readings) {
      try {
        reading.get(TO_END.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        failures.add("a long download: " + e.getCause());
      } catch (TimeoutException e) {
        failures.add("a long download does not go on");
      }
    }
    return failures;
  }

  @Override
  public void close() {
    downloads.forEach(HttpDownload::close);
    readers.shutdownNow();
  }
}
