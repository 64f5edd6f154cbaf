package dev.coatcheck.cli.bench;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Gets all images of a stock, over some connections at once. Each goes into a buffer of its own, so
 * that the SHA-256 of all of them is checked when the clock has stopped.
 *
 * <p><b>Ownership:</b> the buffers are made once, and taken again by the next round.
 */
final class Round {

  /**
   * What a round took.
   *
   * @param firstBytes of each image, in seconds
   * @param pickups to the last byte of each image, in seconds
   */
  record Result(
      long bytes,
      double seconds,
      double frontCpuSeconds,
      double backCpuSeconds,
      Samples firstBytes,
      Samples pickups) {

    double bytesPerSecond() {
      return bytes / seconds;
    }

    double cpuSeconds() {
      return frontCpuSeconds + backCpuSeconds;
    }

    double frontCpuPerGigabyte() {
      return frontCpuSeconds / bytes * 1e9;
    }

    double cpuPerGigabyte() {
      return cpuSeconds() / bytes * 1e9;
    }
  }

  private final int sizeBytes;
  private final int connections;
  private final List<ByteBuffer> buffers = new ArrayList<>();

  Round(int images, int sizeBytes, int connections) {
    this.sizeBytes = sizeBytes;
    this.connections = connections;
    for (int i = 0; i < images; i++) {
      buffers.add(ByteBuffer.allocateDirect(sizeBytes));
    }
  }

  Result of(Subject subject) throws Exception {
    return of(subject, stock(subject));
  }

  /** What a round gets, put there before it. */
  List<String> stock(Subject subject) throws Exception {
    return subject.stock(buffers.size(), sizeBytes);
  }

  /** A round of what was put there by {@link #stock}. */
  Result of(Subject subject, List<String> stock) throws Exception {
    Queue<String> paths = new ConcurrentLinkedQueue<>(stock);
    Queue<ByteBuffer> free = new ConcurrentLinkedQueue<>(buffers);
    Samples firstBytes = new Samples();
    Samples pickups = new Samples();
    List<HttpConnection> open = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      open.add(new HttpConnection(subject.port()));
    }
    double frontBefore = ProcessCpu.seconds(subject.front());
    double backBefore = ProcessCpu.seconds(subject.back());
    long began = System.nanoTime();
    inParallel(
        open.stream()
            .<Callable<Void>>map(connection ->
                () -> {
                  for (String path = paths.poll(); path != null; path = paths.poll()) {
                    long start = System.nanoTime();
                    long firstByte = connection.get(path, free.remove());
                    double whole = (System.nanoTime() - start) / 1e9;
                    synchronized (firstBytes) {
                      firstBytes.add(firstByte / 1e9);
                      pickups.add(whole);
                    }
                  }
                  return null;
                })
            .toList(),
        connections);
    double seconds = (System.nanoTime() - began) / 1e9;
    double front = ProcessCpu.seconds(subject.front()) - frontBefore;
    double back = ProcessCpu.seconds(subject.back()) - backBefore;
    for (HttpConnection connection : open) {
      connection.close();
    }
    inParallel(
        buffers.stream()
            .<Callable<Void>>map(buffer ->
                () -> {
                  Content.check(buffer.rewind(), sizeBytes);
                  return null;
                })
            .toList(),
        Runtime.getRuntime().availableProcessors());
    return new Result((long) buffers.size() * sizeBytes, seconds, front, back, firstBytes, pickups);
  }

  private static void inParallel(List<Callable<Void>> tasks, int threads) throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      for (Future<Void> done : pool.invokeAll(tasks)) {
        done.get();
      }
    }
  }
}
