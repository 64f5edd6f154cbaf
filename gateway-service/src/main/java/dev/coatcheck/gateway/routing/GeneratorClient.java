package dev.coatcheck.gateway.routing;

import dev.coatcheck.gateway.loop.EventLoops;
import dev.coatcheck.gateway.loop.Loop;
import dev.coatcheck.kit.grpc.DnsTarget;
import dev.coatcheck.v1.CompleteUploadRequest;
import dev.coatcheck.v1.CompleteUploadResponse;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.DeleteImageRequest;
import dev.coatcheck.v1.DeleteImageResponse;
import dev.coatcheck.v1.GeneratorServiceGrpc;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageServiceGrpc;
import dev.coatcheck.v1.IngestServiceGrpc;
import dev.coatcheck.v1.ListImagesRequest;
import dev.coatcheck.v1.ListImagesResponse;
import dev.coatcheck.v1.LocateImageRequest;
import dev.coatcheck.v1.LocateImageResponse;
import dev.coatcheck.v1.PeerServiceGrpc;
import dev.coatcheck.v1.PickupServiceGrpc;
import dev.coatcheck.v1.ReportProgressRequest;
import dev.coatcheck.v1.ReportProgressResponse;
import dev.coatcheck.v1.SettlePickupRequest;
import dev.coatcheck.v1.SettlePickupResponse;
import dev.coatcheck.v1.WatchGeneratorRequest;
import dev.coatcheck.v1.WatchGeneratorResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The calls to one generator, over two channels for each event loop: a call that is made on a loop
 * is answered on it. One channel is for downloads, uploads and what else goes at a client's pace;
 * the other for what must not queue behind those, when they have all the streams of a connection
 * (RFC 9113, 5.1.2): the watch of the generator, settlements, creates, and all calls with one short
 * answer.
 *
 * <p><b>Threading:</b> any thread. Answers arrive on an event loop; whoever listens must not block.
 */
public final class GeneratorClient {

  /**
   * What one download may have under way from the generator. Bigger windows pin more buffers here
   * for a reader that has stalled; the connection's own window refills by itself, so that such a
   * reader holds up nobody else.
   */
  public static final int FLOW_CONTROL_WINDOW_BYTES = 512 << 10;

  private static final int MAX_MESSAGE_BYTES = 4 << 20;

  /**
   * What gRPC keeps of a call, to send it again, until the generator has answered. Left to itself
   * it takes a megabyte of each upload; this is about one message of it, or any other request.
   */
  private static final int REPLAY_BUFFER_BYTES = 128 << 10;

  private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);
  private static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration LOCATE_DEADLINE = Duration.ofSeconds(1);
  private static final Duration UNARY_DEADLINE = Duration.ofSeconds(15);

  /** The contract's longest. */
  private static final long MAX_WAIT_SECONDS = 60;

  /** All of the image is read again, to verify it. */
  private static final Duration COMPLETE_DEADLINE = Duration.ofSeconds(30);

  private final String address;
  private final EventLoops loops;

  // state, set once for each loop, under this; read by any thread
  private final AtomicReferenceArray<ManagedChannel> transfers;
  private final AtomicReferenceArray<ManagedChannel> control;
  private boolean closed;

  private GeneratorClient(String address, EventLoops loops) {
    this.address = address;
    this.loops = loops;
    this.transfers = new AtomicReferenceArray<>(loops.count());
    this.control = new AtomicReferenceArray<>(loops.count());
  }

  /** A client for the generator at {@code host:port}; it connects when it is first used. */
  static GeneratorClient of(String address, EventLoops loops) {
    return new GeneratorClient(address, loops);
  }

  /** The channel of the loop that this is called on, or else always the same one. */
  private ManagedChannel channel(AtomicReferenceArray<ManagedChannel> channels) {
    Loop here = loops.here();
    Loop loop = here != null ? here : loops.of(address.hashCode());
    ManagedChannel channel = channels.get(loop.index());
    return channel != null ? channel : channelOn(loop, channels);
  }

  private synchronized ManagedChannel channelOn(
      Loop loop, AtomicReferenceArray<ManagedChannel> channels) {
    ManagedChannel channel = channels.get(loop.index());
    if (channel == null) {
      channel =
          LargeFrameNegotiator.channelTo(DnsTarget.of(address), loop)
              .directExecutor() // nothing hops between the wire and the response
              .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
              .maxInboundMessageSize(MAX_MESSAGE_BYTES)
              .perRpcBufferLimit(REPLAY_BUFFER_BYTES)
              .keepAliveTime(KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
              .keepAliveTimeout(KEEP_ALIVE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
              .keepAliveWithoutCalls(true)
              .build();
      channels.set(loop.index(), channel);
      if (closed) {
        channel.shutdownNow();
      }
    }
    return channel;
  }

  /** The generator's {@code host:port}. */
  public String address() {
    return address;
  }

  /** Asks for a new image; waits as long as the request says. */
  CompletableFuture<Image> create(CreateImageRequest request) {
    return unary(ImageServiceGrpc.getCreateImageMethod(), request, deadline(request.getWait()));
  }

  /** Asks for an image's state; waits as long as the request says. */
  CompletableFuture<Image> get(GetImageRequest request) {
    return unary(ImageServiceGrpc.getGetImageMethod(), request, deadline(request.getWait()));
  }

  /** Frees an image. */
  CompletableFuture<DeleteImageResponse> delete(DeleteImageRequest request) {
    return unary(ImageServiceGrpc.getDeleteImageMethod(), request, UNARY_DEADLINE);
  }

  /** Has an image verified whose parts were written. */
  CompletableFuture<CompleteUploadResponse> completeUpload(CompleteUploadRequest request) {
    return unary(IngestServiceGrpc.getCompleteUploadMethod(), request, COMPLETE_DEADLINE);
  }

  /** Asks whether an image is there. */
  CompletableFuture<LocateImageResponse> locate(LocateImageRequest request) {
    return unary(PeerServiceGrpc.getLocateImageMethod(), request, LOCATE_DEADLINE);
  }

  /** Asks for a page of the images that it holds. */
  CompletableFuture<ListImagesResponse> list(ListImagesRequest request) {
    return unary(GeneratorServiceGrpc.getListImagesMethod(), request, UNARY_DEADLINE);
  }

  /** Tells how a pickup ended. */
  public CompletableFuture<SettlePickupResponse> settle(
      SettlePickupRequest request, Duration deadline) {
    return unary(PickupServiceGrpc.getSettlePickupMethod(), request, deadline);
  }

  /** Tells that a pickup goes on. */
  public CompletableFuture<ReportProgressResponse> reportProgress(ReportProgressRequest request) {
    return unary(PickupServiceGrpc.getReportProgressMethod(), request, UNARY_DEADLINE);
  }

  /** A call that goes at a client's pace, not yet started. */
  public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method) {
    return newCall(transfers, method, CallOptions.DEFAULT);
  }

  /** The call that watches the generator, not yet started. */
  ClientCall<WatchGeneratorRequest, WatchGeneratorResponse> newWatch() {
    return newCall(control, GeneratorServiceGrpc.getWatchGeneratorMethod(), CallOptions.DEFAULT);
  }

  /**
   * Outside of the context of any call that is being served here. In it, gRPC would cancel this
   * call as soon as that one is over: the settlement of a download, for one.
   */
  private <Q, R> ClientCall<Q, R> newCall(
      AtomicReferenceArray<ManagedChannel> channels,
      MethodDescriptor<Q, R> method,
      CallOptions options) {
    Context caller = Context.ROOT.attach();
    try {
      return channel(channels).newCall(method, options);
    } finally {
      Context.ROOT.detach(caller);
    }
  }

  /** Connects again at once, instead of waiting for the channels' own, longer, pauses. */
  void reconnect() {
    open().forEach(ManagedChannel::resetConnectBackoff);
  }

  /** Ends the calls that run, and the connections. */
  synchronized void close() {
    closed = true;
    open().forEach(ManagedChannel::shutdownNow);
  }

  private Stream<ManagedChannel> open() {
    return Stream.of(transfers, control)
        .flatMap(channels -> IntStream.range(0, channels.length()).mapToObj(channels::get))
        .filter(Objects::nonNull);
  }

  /** Of any wait, also of one that the generator will refuse. */
  private static Duration deadline(com.google.protobuf.Duration wait) {
    return UNARY_DEADLINE.plusSeconds(Math.clamp(wait.getSeconds(), 0, MAX_WAIT_SECONDS));
  }

  /** Its failures are {@link GeneratorFailure}; cancelling the future cancels the call. */
  private <Q, R> CompletableFuture<R> unary(
      MethodDescriptor<Q, R> method, Q request, Duration deadline) {
    ClientCall<Q, R> call =
        newCall(
            control,
            method,
            CallOptions.DEFAULT.withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS));
    var answer = new CompletableFuture<R>();
    ClientCalls.asyncUnaryCall(
        call,
        request,
        new StreamObserver<R>() {
          // state: the call's listener
          private @Nullable R value;

          @Override
          public void onNext(R next) {
            value = next;
          }

          @Override
          public void onError(Throwable thrown) {
            answer.completeExceptionally(FailureStatus.toFailure(thrown));
          }

          @Override
          public void onCompleted() {
            if (value != null) {
              answer.complete(value);
            } else {
              answer.completeExceptionally(GeneratorFailure.unavailable("there was no answer"));
            }
          }
        });
    answer.whenComplete((value, failure) -> {
      if (answer.isCancelled()) {
        call.cancel("the caller went away", null);
      }
    });
    return answer;
  }
}
