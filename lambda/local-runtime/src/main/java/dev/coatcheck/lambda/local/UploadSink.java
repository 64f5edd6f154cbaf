package dev.coatcheck.lambda.local;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Where the bytes of an image go that is pushed: gathers parts and sends {@value #PARTS_AT_ONCE} at
 * once; holds the writer back while all are busy. The first part that fails stops the rest.
 *
 * <p><b>Threading:</b> one writer, as for every sink.
 *
 * <p><b>Lifecycle:</b> ends by {@link #complete}; {@link #close} alone breaks it off.
 */
final class UploadSink implements ResponseSink, AutoCloseable {

  static final int PARTS_AT_ONCE = 4;

  /** What the whole image was. */
  record Receipt(long sizeBytes, String sha256) {}

  private final Upload upload;
  private final MessageDigest sha256 = sha256();
  private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore idleSenders = new Semaphore(PARTS_AT_ONCE);
  private final AtomicReference<@Nullable FunctionFailed> failure = new AtomicReference<>();

  // state, of the writer
  private byte[] part;
  private int count;
  private long handedOver;

  UploadSink(Upload upload) {
    this.upload = upload;
    this.part = new byte[upload.partBytes()];
  }

  @Override
  public void write(ByteBuffer bytes) throws FunctionFailed, InterruptedException {
    sha256.update(bytes.duplicate());
    while (bytes.hasRemaining()) {
      int piece = Math.min(bytes.remaining(), part.length - count);
      bytes.get(part, count, piece);
      count += piece;
      if (count == part.length) {
        handOver();
      }
    }
  }

  /** Sends the last part, waits for all of them, and says that the image is whole. */
  Receipt complete() throws FunctionFailed, InterruptedException {
    if (count > 0) {
      handOver();
    }
    awaitSent();
    check();
    Receipt receipt = new Receipt(handedOver, HexFormat.of().formatHex(sha256.digest()));
    upload.complete(receipt.sizeBytes(), receipt.sha256());
    return receipt;
  }

  /** Waits until every part that was handed over has been taken, or one has failed. */
  void awaitSent() throws InterruptedException {
    int idle = 0;
    while (idle < PARTS_AT_ONCE && failure.get() == null) {
      idleSenders.acquire();
      idle++;
    }
    idleSenders.release(idle);
  }

  /** Breaks off what is still under way. */
  @Override
  public void close() {
    senders.shutdownNow();
  }

  private void handOver() throws FunctionFailed, InterruptedException {
    idleSenders.acquire();
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
    } catch (FunctionFailed e) {
      failure.compareAndSet(null, e);
    } catch (InterruptedException | RuntimeException e) {
      failure.compareAndSet(
          null, FunctionFailed.of("UploadFailed", "the part at " + offset + ": " + e));
    } finally {
      idleSenders.release();
    }
  }

  private void check() throws FunctionFailed {
    FunctionFailed first = failure.get();
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
