package dev.coatcheck.gateway.relay;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counts the chunks that pass, and those that are open. */
final class RelayMetrics {

  private final AtomicLong openChunks = new AtomicLong();
  private final LongAdder dataMessages = new LongAdder();
  private final LongAdder copiedDataMessages = new LongAdder();
  private final LongAdder dataBuffers = new LongAdder();
  private final LongAdder unconfirmedResponses = new LongAdder();

  /** A response that was written whole has ended without evidence of its receipt. */
  void unconfirmed() {
    unconfirmedResponses.increment();
  }

  /**
   * A message has come.
   *
   * @param buffers how many its image bytes lie in; 0 when it has none
   */
  void opened(int buffers, boolean copied) {
    openChunks.incrementAndGet();
    if (buffers > 0) {
      dataMessages.increment();
      dataBuffers.add(buffers);
      if (copied) {
        copiedDataMessages.increment();
      }
    }
  }

  void released() {
    if (openChunks.decrementAndGet() < 0) {
      throw new IllegalStateException("more chunks were released than opened");
    }
  }

  RelayStats stats() {
    return new RelayStats(
        openChunks.get(),
        copiedDataMessages.sum(),
        dataMessages.sum(),
        dataBuffers.sum(),
        unconfirmedResponses.sum());
  }
}
