package dev.coatcheck.generator.rpc;

import dev.coatcheck.generator.ingest.PartWriter;
import dev.coatcheck.generator.ingest.Upload;
import dev.coatcheck.v1.UploadPart;
import dev.coatcheck.v1.WritePartsRequest;
import dev.coatcheck.v1.WritePartsResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One {@code WriteParts} call: parts, one after the other.
 *
 * <p><b>Threading:</b> the call's own, one at a time.
 *
 * <p><b>Ownership:</b> of the part that is being written, which it ends or abandons.
 */
final class UploadPartStream implements StreamObserver<WritePartsRequest> {

  private static final Logger log = LoggerFactory.getLogger(UploadPartStream.class);

  private final Function<String, Upload> uploads;
  private final ServerCallStreamObserver<WritePartsResponse> answer;

  // state: the call's thread
  private @Nullable Upload upload;
  private String writer = "";
  private @Nullable PartWriter part;
  private long writtenBytes;
  private boolean over;

  /** A stream whose first message names one of {@code uploads} by its token. */
  UploadPartStream(
      Function<String, Upload> uploads, ServerCallStreamObserver<WritePartsResponse> answer) {
    this.uploads = uploads;
    this.answer = answer;
  }

  void open() {
    answer.setOnCancelHandler(this::abandon);
  }

  @Override
  public void onNext(WritePartsRequest message) {
    if (over) {
      return;
    }
    try {
      take(message);
    } catch (RuntimeException e) {
      refuse(e);
    }
  }

  private void take(WritePartsRequest message) {
    Upload into = upload;
    if (into == null) {
      into = uploads.apply(message.getToken());
      IngestGrpcService.requireRun(message.getWriter());
      writer = message.getWriter();
      upload = into;
    }
    if (message.hasPart()) {
      requireNoPart();
      UploadPart begun = message.getPart();
      part =
          into.begin(
              writer,
              begun.getOffset(),
              begun.getSizeBytes(),
              begun.hasCrc32C() ? OptionalInt.of(begun.getCrc32C()) : OptionalInt.empty());
    }
    if (message.getData().isEmpty()) {
      return;
    }
    PartWriter writing = part;
    if (writing == null) {
      throw CreateOptions.invalid("part", "none", "one before its data");
    }
    for (ByteBuffer bytes : message.getData().asReadOnlyByteBufferList()) {
      int length = bytes.remaining();
      writing.write(bytes);
      writtenBytes += length;
    }
    if (writing.remainingBytes() == 0) {
      writing.end();
      part = null;
    }
  }

  private void requireNoPart() {
    if (part != null) {
      throw CreateOptions.invalid(
          "part", "another", part.remainingBytes() + " more bytes of the one before");
    }
  }

  @Override
  public void onCompleted() {
    if (over) {
      return;
    }
    try {
      requireNoPart();
      if (upload == null) {
        throw CreateOptions.invalid("token", "none", "one in the first message");
      }
      over = true;
      answer.onNext(WritePartsResponse.newBuilder().setWrittenBytes(writtenBytes).build());
      answer.onCompleted();
    } catch (RuntimeException e) {
      refuse(e);
    }
  }

  @Override
  public void onError(Throwable cancelled) {
    abandon();
  }

  private void refuse(RuntimeException failure) {
    abandon();
    StatusRuntimeException status = StatusMapper.toStatus(failure);
    if (status.getCause() != null) {
      log.error("a part could not be taken", status.getCause());
    }
    answer.onError(status);
  }

  private void abandon() {
    over = true;
    if (part != null) {
      part.abandon();
      part = null;
    }
  }
}
