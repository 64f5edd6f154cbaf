package dev.coatcheck.generator;

import com.google.protobuf.UnsafeByteOperations;
import dev.coatcheck.v1.CompleteUploadRequest;
import dev.coatcheck.v1.IngestServiceGrpc;
import dev.coatcheck.v1.UploadPart;
import dev.coatcheck.v1.WritePartsRequest;
import dev.coatcheck.v1.WritePartsResponse;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A function that pushes parts over gRPC, as the test likes. */
final class UploadClient {

  static final int PART_BYTES = 1 << 20;

  private static final int MESSAGE_BYTES = 100_000; // no divisor of anything

  private final IngestServiceGrpc.IngestServiceStub stub;
  private final IngestServiceGrpc.IngestServiceBlockingStub blocking;

  UploadClient(Channel channel) {
    this.stub = IngestServiceGrpc.newStub(channel);
    this.blocking = IngestServiceGrpc.newBlockingStub(channel);
  }

  /** The part of {@code image} that begins at {@code offset}. */
  static byte[] part(byte[] image, int offset) {
    return Arrays.copyOfRange(image, offset, Math.min(image.length, offset + PART_BYTES));
  }

  static int crc32c(byte[] bytes) {
    java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /** Sends a part whole; fails with the status. */
  long write(String token, String writer, int offset, byte[] part) {
    return write(token, writer, offset, part, crc32c(part));
  }

  long write(String token, String writer, int offset, byte[] part, int crc32c) {
    Sending sending = begin(token, writer, offset, part.length, crc32c);
    sending.data(part, 0, part.length);
    return sending.end();
  }

  /** Sends all parts of an image, one after the other. */
  void writeAll(String token, String writer, byte[] image) {
    for (int offset = 0; offset < image.length; offset += PART_BYTES) {
      var _ = write(token, writer, offset, part(image, offset));
    }
  }

  Sending begin(String token, String writer, int offset, int sizeBytes, int crc32c) {
    Sending sending = new Sending();
    sending.requests = stub.writeParts(sending);
    sending.requests.onNext(
        WritePartsRequest.newBuilder()
            .setToken(token)
            .setWriter(writer)
            .setPart(
                UploadPart.newBuilder().setOffset(offset).setSizeBytes(sizeBytes).setCrc32C(crc32c))
            .build());
    return sending;
  }

  void complete(String token, String writer, long sizeBytes, String sha256) {
    var _ =
        blocking.completeUpload(
            CompleteUploadRequest.newBuilder()
                .setToken(token)
                .setWriter(writer)
                .setSizeBytes(sizeBytes)
                .setSha256(sha256)
                .build());
  }

  /** A stream that was begun. */
  static final class Sending implements StreamObserver<WritePartsResponse> {

    private final CompletableFuture<Long> answer = new CompletableFuture<>();
    private StreamObserver<WritePartsRequest> requests =
        new StreamObserver<>() {
          @Override
          public void onNext(WritePartsRequest request) {}

          @Override
          public void onError(Throwable thrown) {}

          @Override
          public void onCompleted() {}
        };

    void data(byte[] bytes, int from, int to) {
      for (int at = from; at < to; at += MESSAGE_BYTES) {
        int length = Math.min(MESSAGE_BYTES, to - at);
        requests.onNext(
            WritePartsRequest.newBuilder()
                .setData(UnsafeByteOperations.unsafeWrap(bytes, at, length))
                .build());
      }
    }

    void message(WritePartsRequest request) {
      requests.onNext(request);
    }

    long end() {
      requests.onCompleted();
      return await();
    }

    void breakOff() {
      requests.onError(Status.CANCELLED.asRuntimeException());
    }

    long await() {
      try {
        return answer.join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof StatusRuntimeException status ? status : e;
      }
    }

    @Override
    public void onNext(WritePartsResponse response) {
      var _ = answer.complete(response.getWrittenBytes());
    }

    @Override
    public void onError(Throwable thrown) {
      var _ = answer.completeExceptionally(thrown);
    }

    @Override
    public void onCompleted() {}
  }
}
