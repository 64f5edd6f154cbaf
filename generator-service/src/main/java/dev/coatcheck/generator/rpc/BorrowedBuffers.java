package dev.coatcheck.generator.rpc;

import java.util.ArrayList;
import java.util.List;

/**
 * What one download has lent to its transport: a message or two that wait for the client.
 *
 * <p><b>Threading:</b> one thread at a time.
 */
final class BorrowedBuffers {

  private final List<ZeroCopyBuffer> open = new ArrayList<>(4);

  /** A chunk's bytes are in {@code buffer}. */
  void add(ZeroCopyBuffer buffer) {
    open.removeIf(earlier -> earlier.refCnt() == 0);
    open.add(buffer);
  }

  /** Nothing stays lent, however long the transport may hold it. */
  void callIn() {
    for (ZeroCopyBuffer buffer : open) {
      if (buffer.refCnt() > 0) {
        buffer.callIn();
      }
    }
    open.clear();
  }
}
