package dev.coatcheck.lambda.local.bytes;

import dev.coatcheck.lambda.kit.PartUploader;
import dev.coatcheck.lambda.kit.UploadFailure;
import dev.coatcheck.lambda.kit.UploadTarget;
import dev.coatcheck.lambda.local.invocation.FunctionFailed;
import dev.coatcheck.lambda.local.invocation.ResponseSink;
import java.nio.ByteBuffer;

/**
 * A {@link PartUploader} as the sink that an image is written to.
 *
 * <p><b>Threading:</b> one writer, as for every sink.
 *
 * <p><b>Lifecycle:</b> ends by {@link #complete}; {@link #close} alone aborts it.
 */
final class UploadSink implements ResponseSink, AutoCloseable {

  private final PartUploader parts;

  UploadSink(UploadTarget target) {
    this.parts = new PartUploader(target);
  }

  @Override
  public void write(ByteBuffer bytes) throws FunctionFailed, InterruptedException {
    try {
      parts.write(bytes);
    } catch (UploadFailure e) {
      throw functionFailed(e);
    }
  }

  /** Sends the last part, waits for all of them, and completes the upload. */
  PartUploader.Receipt complete() throws FunctionFailed, InterruptedException {
    try {
      return parts.complete();
    } catch (UploadFailure e) {
      throw functionFailed(e);
    }
  }

  /** Waits until every part that was submitted has been accepted, or one has failed. */
  void awaitSent() throws InterruptedException {
    parts.awaitSent();
  }

  /** Aborts the parts that are still being sent. */
  @Override
  public void close() {
    parts.close();
  }

  private static FunctionFailed functionFailed(UploadFailure failure) {
    return FunctionFailed.of(failure.errorType(), failure.message());
  }
}
