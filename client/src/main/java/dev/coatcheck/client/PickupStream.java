package dev.coatcheck.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * An image for a reader that blocks.
 *
 * <p><b>Threading:</b> read by one thread; may be closed by another.
 */
final class PickupStream extends InputStream {

  private final ImagePickup pickup;
  private final PickupOptions terms;
  private final Download download;
  private final Object news = new Object();

  // state, under news
  private long newsCount;

  // state, the reader's thread
  private ByteBuffer bytes = ByteBuffer.allocate(0);
  private volatile boolean atEnd;

  PickupStream(ImagePickup pickup, PickupOptions terms, String name, ChunkCheck check) {
    this.pickup = pickup;
    this.terms = terms;
    this.download = pickup.open(terms, name, check, this::tell);
  }

  private void tell() {
    synchronized (news) {
      newsCount++;
      news.notifyAll();
    }
  }

  @Override
  public int read() throws IOException {
    return advance() ? bytes.get() & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (!advance()) {
      return -1;
    }
    int count = Math.min(length, bytes.remaining());
    bytes.get(target, offset, count);
    return count;
  }

  @Override
  public int available() {
    return bytes.remaining();
  }

  /** Waits for bytes; false at the end. */
  private boolean advance() throws IOException {
    if (bytes.hasRemaining()) {
      return true;
    }
    Download.Next next = awaitNext();
    if (next instanceof Download.Next.Bytes fresh) {
      bytes = fresh.bytes().asReadOnlyByteBuffer();
      return true;
    }
    if (next instanceof Download.Next.Failed failed) {
      throw failed.why().told();
    }
    if (!atEnd) {
      atEnd = true;
      CoatcheckClient.await(pickup.taken(terms));
    }
    return false;
  }

  /** The next bytes, or the end. */
  Download.Next awaitNext() throws InterruptedIOException {
    while (true) {
      long seen;
      synchronized (news) {
        seen = newsCount;
      }
      Download.Next next = download.poll();
      if (!(next instanceof Download.Next.Later)) {
        return next;
      }
      try {
        synchronized (news) {
          while (newsCount == seen) {
            news.wait();
          }
        }
      } catch (InterruptedException e) {
        download.cancel();
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for the image");
      }
    }
  }

  @Override
  public void close() {
    if (!atEnd) {
      download.cancel();
    }
  }
}
