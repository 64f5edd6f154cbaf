package dev.coatcheck.gateway;

import com.google.protobuf.ByteString;
import dev.coatcheck.v1.CompleteUploadRequest;
import dev.coatcheck.v1.CompleteUploadResponse;
import dev.coatcheck.v1.IngestServiceGrpc;
import dev.coatcheck.v1.UploadPart;
import dev.coatcheck.v1.WritePartsRequest;
import dev.coatcheck.v1.WritePartsResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The uploads of a {@link FakeGenerator}: keeps each whole part, and reads and refuses by script.
 */
final class FakeIngest extends IngestServiceGrpc.IngestServiceImplBase {

  /** A part that came whole. */
  record Part(String token, String writer, UploadPart head, ByteString bytes) {}

  private final AtomicInteger calls;

  // state, under this
  private final List<Runnable> held = new ArrayList<>();
  private boolean reads = true;

  final List<Part> parts = new CopyOnWriteArrayList<>();
  final List<CompleteUploadRequest> completes = new CopyOnWriteArrayList<>();
  final AtomicInteger cancelledParts = new AtomicInteger();
  final AtomicInteger cancelledCompletes = new AtomicInteger();
  final AtomicLong receivedBytes = new AtomicLong();
  final AtomicInteger largestDataBytes = new AtomicInteger();

  /** What is answered instead. */
  volatile @Nullable RuntimeException refusal;

  /** At which byte of a part, at the latest with its end. */
  volatile long refuseAtBytes;

  /** True to answer a part that was not sent to its end. */
  volatile boolean answersEarly;

  /** True to never answer CompleteUpload. */
  volatile boolean silent;

  FakeIngest(AtomicInteger calls) {
    this.calls = calls;
  }

  /** From now on takes no message. */
  synchronized void stopReading() {
    reads = false;
  }

  /** Takes all that comes. */
  synchronized void goOnReading() {
    reads = true;
    held.forEach(Runnable::run);
    held.clear();
  }

  private synchronized void requestNext(ServerCallStreamObserver<?> call) {
    if (reads) {
      call.request(1);
    } else {
      held.add(() -> call.request(1));
    }
  }

  @Override
  public StreamObserver<WritePartsRequest> writeParts(StreamObserver<WritePartsResponse> out) {
    calls.incrementAndGet();
    var call = (ServerCallStreamObserver<WritePartsResponse>) out;
    call.setOnCancelHandler(cancelledParts::incrementAndGet);
    call.disableAutoRequest();
    requestNext(call);
    return new Incoming(call);
  }

  @Override
  public void completeUpload(
      CompleteUploadRequest request, StreamObserver<CompleteUploadResponse> out) {
    calls.incrementAndGet();
    completes.add(request);
    ((ServerCallStreamObserver<CompleteUploadResponse>) out)
        .setOnCancelHandler(cancelledCompletes::incrementAndGet);
    RuntimeException refused = refusal;
    if (refused != null) {
      out.onError(refused);
    } else if (!silent) {
      out.onNext(CompleteUploadResponse.getDefaultInstance());
      out.onCompleted();
    }
  }

  private final class Incoming implements StreamObserver<WritePartsRequest> {

    private final ServerCallStreamObserver<WritePartsResponse> out;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private WritePartsRequest first = WritePartsRequest.getDefaultInstance();
    private boolean answered;

    Incoming(ServerCallStreamObserver<WritePartsResponse> out) {
      this.out = out;
    }

    @Override
    public void onNext(WritePartsRequest message) {
      if (answered) {
        return;
      }
      if (message.hasPart()) {
        first = message;
      }
      bytes.writeBytes(message.getData().toByteArray());
      receivedBytes.addAndGet(message.getData().size());
      largestDataBytes.accumulateAndGet(message.getData().size(), Math::max);
      RuntimeException refused = refusal;
      if (refused != null && bytes.size() >= refuseAtBytes) {
        answered = true;
        out.onError(refused);
      } else if (answersEarly) {
        answer();
      } else {
        requestNext(out);
      }
    }

    @Override
    public void onError(Throwable thrown) {}

    @Override
    public void onCompleted() {
      RuntimeException refused = refusal;
      if (answered) {
        return;
      }
      if (refused != null) {
        out.onError(refused);
        return;
      }
      parts.add(
          new Part(
              first.getToken(),
              first.getWriter(),
              first.getPart(),
              ByteString.copyFrom(bytes.toByteArray())));
      answer();
    }

    private void answer() {
      answered = true;
      out.onNext(WritePartsResponse.newBuilder().setWrittenBytes(bytes.size()).build());
      out.onCompleted();
    }
  }
}
