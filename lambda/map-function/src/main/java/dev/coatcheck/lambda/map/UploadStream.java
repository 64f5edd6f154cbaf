package dev.coatcheck.lambda.map;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An image that is pushed while it is made: gathers parts and sends {@value #PARTS_AT_ONCE} at
 * once, over connections of their own. Whoever writes is held back while all are busy, so that one
 * part more than those is all that is ever in memory. The first part that fails stops the rest.
 *
 * <p><b>Threading:</b> one writer.
 *
 * <p><b>Lifecycle:</b> ends by {@link #complete}; {@link #close} alone breaks it off.
 */
final class UploadStream extends OutputStream {

  static final int PARTS_AT_ONCE = 4;

  /** What the whole image was. */
  record Receipt(long sizeBytes, String sha256) {}

  private final Upload upload;
  private final MessageDigest sha256 = sha256();
  private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore idleSenders = new Semaphore(PARTS_AT_ONCE);
  private final AtomicReference<@Nullable UploadFailure> failure = new AtomicReference<>();

  // state, of the writer
  private byte[] part;
  private int count;
  private long handedOver;

  UploadStream(Upload upload) {
    this.upload = upload;
    this.part = new byte[upload.partBytes()];
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    sha256.update(bytes, offset, length);
    int at = offset;
    for (int left = length; left > 0; ) {
      int piece = Math.min(left, part.length - count);
      System.arraycopy(bytes, at, part, count, piece);
      count += piece;
      at += piece;
      left -= piece;
      if (count == part.length) {
        handOver();
      }
    }
  }

  /**
   * Sends the last part, which may be shorter, waits for all of them, and says that the image is
   * whole.
   *
   * @throws UploadFailure if a part, or the image, was not taken
   */
  Receipt complete() throws IOException, InterruptedException {
    if (count > 0) {
      handOver();
    }
    for (int idle = 0; idle < PARTS_AT_ONCE; idle++) {
      idleSenders.acquire();
      check();
    }
    Receipt receipt = new Receipt(handedOver, HexFormat.of().formatHex(sha256.digest()));
    upload.complete(receipt.sizeBytes(), receipt.sha256());
    return receipt;
  }

  /** Breaks off what is still under way. */
  @Override
  public void close() {
    senders.shutdownNow();
  }

  private void handOver() throws IOException {
    try {
      idleSenders.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while parts were sent");
    }
    check();
    byte[] bytes = part;
    int length = count;
    long offset = handedOver;
    senders.execute(() -> send(offset, bytes, length));
    handedOver += length;
    part = new byte[upload.partBytes()];
    count = 0;
  }

  private void send(long offset, byte[] bytes, int length) {
    try {
      if (failure.get() == null) {
        upload.sendPart(offset, bytes, length);
      }
    } catch (UploadFailure e) {
      failure.compareAndSet(null, e);
    } catch (InterruptedException | RuntimeException e) {
      failure.compareAndSet(null, UploadFailure.failed("the part at " + offset + ": " + e));
    } finally {
      idleSenders.release();
    }
  }

  private void check() throws UploadFailure {
    UploadFailure first = failure.get();
    if (first != null) {
      throw first;
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
