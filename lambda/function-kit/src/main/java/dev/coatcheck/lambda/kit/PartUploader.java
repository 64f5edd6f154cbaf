package dev.coatcheck.lambda.kit;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Uploads an image while it is made: gathers parts and sends {@value #MAX_CONCURRENT_PARTS} at
 * once. The writer blocks while all senders are busy, so at most one part more than those is in
 * memory. The first part that fails stops the rest.
 *
 * <p><b>Threading:</b> one writer.
 *
 * <p><b>Lifecycle:</b> ends by {@link #complete}; {@link #close} alone aborts it.
 */
public final class PartUploader implements AutoCloseable {

  public static final int MAX_CONCURRENT_PARTS = 4;

  /** What was uploaded. */
  public record Receipt(long sizeBytes, String sha256) {}

  private final UploadTarget target;
  private final MessageDigest sha256 = Sha256.newDigest();
  private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore idleSenders = new Semaphore(MAX_CONCURRENT_PARTS);
  private final AtomicReference<@Nullable UploadFailure> failure = new AtomicReference<>();

  // state, of the writer
  private byte[] part;
  private int count;
  private long submittedBytes;

  public PartUploader(UploadTarget target) {
    this.target = target;
    this.part = new byte[target.partBytes()];
  }

  /** Consumes all of these bytes. */
  public void write(ByteBuffer bytes) throws UploadFailure, InterruptedException {
    sha256.update(bytes.duplicate());
    while (bytes.hasRemaining()) {
      int length = Math.min(bytes.remaining(), part.length - count);
      bytes.get(part, count, length);
      count += length;
      if (count == part.length) {
        submit();
      }
    }
  }

  /**
   * Sends the last part, which may be shorter, waits for all of them, and completes the upload.
   *
   * @throws UploadFailure if a part, or the image, was not accepted
   */
  public Receipt complete() throws UploadFailure, InterruptedException {
    if (count > 0) {
      submit();
    }
    awaitSent();
    check();
    Receipt receipt = new Receipt(submittedBytes, HexFormat.of().formatHex(sha256.digest()));
    target.complete(receipt.sizeBytes(), receipt.sha256());
    return receipt;
  }

  /** Waits until every part that was submitted has been accepted, or one has failed. */
  public void awaitSent() throws InterruptedException {
    int idle = 0;
    while (idle < MAX_CONCURRENT_PARTS && failure.get() == null) {
      idleSenders.acquire();
      idle++;
    }
    idleSenders.release(idle);
  }

  /** Aborts the parts that are still being sent. */
  @Override
  public void close() {
    senders.shutdownNow();
  }

  private void submit() throws UploadFailure, InterruptedException {
    idleSenders.acquire();
    check();
    byte[] bytes = part;
    int length = count;
    long offset = submittedBytes;
    senders.execute(() -> send(offset, bytes, length));
    submittedBytes += length;
    part = new byte[target.partBytes()];
    count = 0;
  }

  private void send(long offset, byte[] bytes, int length) {
    try {
      if (failure.get() == null) {
        target.sendPart(offset, bytes, length);
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
}
