package dev.coatcheck.client;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.DeleteImageRequest;
import dev.coatcheck.v1.DeleteImageResponse;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageChunk;
import dev.coatcheck.v1.ImageServiceGrpc;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A gateway on a real transport that answers each call by the next of its scripts; after the last
 * one, downloads are whole.
 */
final class ScriptedFleet extends ImageServiceGrpc.ImageServiceImplBase {

  /** What one download does. */
  interface Script {
    void run(DownloadImageRequest request, ServerCallStreamObserver<ImageChunk> out)
        throws Exception;
  }

  /** What one create does, instead of being answered. */
  interface Refusal {
    StatusRuntimeException of(CreateImageRequest request);
  }

  final ScriptedImage image;
  final List<CreateImageRequest> creates = new CopyOnWriteArrayList<>();
  final List<DownloadImageRequest> downloads = new CopyOnWriteArrayList<>();
  final List<String> deleted = new CopyOnWriteArrayList<>();
  final AtomicInteger sentChunks = new AtomicInteger();
  final CountDownLatch cancelled = new CountDownLatch(1);

  private final ConcurrentLinkedQueue<Refusal> refusals = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<Script> scripts = new LinkedBlockingQueue<>();
  private Server server;

  ScriptedFleet(ScriptedImage image) throws IOException {
    this.image = image;
    this.server = serve(0);
  }

  private Server serve(int port) throws IOException {
    return NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        .permitKeepAliveTime(5, TimeUnit.SECONDS)
        .addService(this)
        .build()
        .start();
  }

  String target() {
    return "127.0.0.1:" + server.getPort();
  }

  /** Cuts every connection, and listens again at the same address. */
  void restart() throws IOException, InterruptedException {
    int port = server.getPort();
    assertEnded(server.shutdownNow());
    server = serve(port);
  }

  private static void assertEnded(Server ending) throws InterruptedException {
    if (!ending.awaitTermination(10, TimeUnit.SECONDS)) {
      throw new AssertionError("the server did not end");
    }
  }

  ScriptedFleet creating(Refusal refusal) {
    refusals.add(refusal);
    return this;
  }

  ScriptedFleet downloading(Script script) {
    scripts.add(script);
    return this;
  }

  @Override
  public void createImage(CreateImageRequest request, StreamObserver<Image> answer) {
    creates.add(request);
    Refusal refusal = refusals.poll();
    if (refusal != null) {
      answer.onError(refusal.of(request));
      return;
    }
    answer.onNext(Image.newBuilder().setName(ScriptedImage.NAME).build());
    answer.onCompleted();
  }

  @Override
  public void deleteImage(DeleteImageRequest request, StreamObserver<DeleteImageResponse> answer) {
    deleted.add(request.getName());
    answer.onNext(DeleteImageResponse.getDefaultInstance());
    answer.onCompleted();
  }

  @Override
  public void downloadImage(DownloadImageRequest request, StreamObserver<ImageChunk> answer) {
    var out = (ServerCallStreamObserver<ImageChunk>) answer;
    out.setOnCancelHandler(cancelled::countDown);
    downloads.add(request);
    Script script = scripts.poll();
    try {
      (script == null ? (Script) this::sendAll : script).run(request, out);
    } catch (Exception e) {
      out.onError(
          Status.INTERNAL.withCause(e).withDescription("the script failed: " + e).asException());
    }
  }

  /** All that was asked for, as fast as the client takes it. */
  void sendAll(DownloadImageRequest request, ServerCallStreamObserver<ImageChunk> out) {
    out.onNext(image.head(request.getReadOffset()));
    var sending =
        new Runnable() {
          private long offset = request.getReadOffset();
          private boolean done;

          @Override
          public synchronized void run() {
            while (!done && out.isReady()) {
              if (offset == image.bytes().length) {
                done = true;
                out.onNext(image.last());
                out.onCompleted();
              } else {
                ImageChunk chunk = image.chunk(offset);
                offset += chunk.getData().size();
                sentChunks.incrementAndGet();
                out.onNext(chunk);
              }
            }
          }
        };
    out.setOnReadyHandler(sending);
    sending.run();
  }

  /** The head and so many chunks. */
  void send(int chunks, DownloadImageRequest request, ServerCallStreamObserver<ImageChunk> out) {
    out.onNext(image.head(request.getReadOffset()));
    long offset = request.getReadOffset();
    for (int i = 0; i < chunks; i++) {
      ImageChunk chunk = image.chunk(offset);
      out.onNext(chunk);
      offset += chunk.getData().size();
    }
  }

  /** A failure as the contract has it. */
  static StatusRuntimeException failure(
      Status.Code code, ErrorReason reason, Map<String, String> metadata, Duration retryAfter) {
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder()
            .setCode(code.value())
            .setMessage("as scripted")
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setDomain("coatcheck.dev")
                        .setReason(reason.name())
                        .putAllMetadata(metadata)
                        .build()));
    if (!retryAfter.isZero()) {
      status.addDetails(
          Any.pack(
              RetryInfo.newBuilder()
                  .setRetryDelay(
                      com.google.protobuf.Duration.newBuilder()
                          .setSeconds(retryAfter.toSeconds())
                          .setNanos(retryAfter.toNanosPart()))
                  .build()));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }

  static StatusRuntimeException failure(Status.Code code, ErrorReason reason) {
    return failure(code, reason, Map.of(), Duration.ZERO);
  }

  void close() throws InterruptedException {
    assertEnded(server.shutdownNow());
  }
}
