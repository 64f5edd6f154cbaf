package dev.coatcheck.client;

import dev.coatcheck.v1.DeleteImageRequest;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The way to a fleet: one channel, and a timer for what has to wait.
 *
 * <p><b>Threading:</b> any thread; answers come on the channel's executor.
 */
final class Gateway implements AutoCloseable {

  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
  private static final Duration ACKNOWLEDGE_WITHIN = Duration.ofSeconds(5);

  /** A gateway that has vanished without a word is noticed within the sum of both. */
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

  private static final Duration KEEP_ALIVE_PATIENCE = Duration.ofSeconds(5);

  /** What the transport holds of an image, at most; it would grow to megabytes by itself. */
  private static final int WINDOW_BYTES = 1 << 20;

  private final ManagedChannel channel;
  private final ScheduledExecutorService timer;

  private Gateway(ManagedChannel channel, ScheduledExecutorService timer) {
    this.channel = channel;
    this.timer = timer;
  }

  static Gateway to(String target, boolean tls) {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget(target)
            .flowControlWindow(WINDOW_BYTES)
            .keepAliveTime(KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
            .keepAliveTimeout(KEEP_ALIVE_PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (!tls) {
      builder.usePlaintext();
    }
    var timer =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "coatcheck-client-timer");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return new Gateway(builder.build(), timer);
  }

  Channel channel() {
    return channel;
  }

  /** The pauses are ours: the channel's own, after it lost its connection, would add to them. */
  void reconnectNow() {
    channel.resetConnectBackoff();
  }

  ScheduledFuture<?> after(Duration pause, Runnable work) {
    return timer.schedule(work, pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Asks for an image's state. */
  CompletableFuture<Image> get(String name) {
    return unary(
        ImageServiceGrpc.getGetImageMethod(),
        GetImageRequest.newBuilder().setName(name).build(),
        CallOptions.DEFAULT.withDeadlineAfter(ANSWER_WITHIN.toSeconds(), TimeUnit.SECONDS));
  }

  /** Has an image's memory freed. */
  CompletableFuture<?> delete(String name) {
    return unary(
        ImageServiceGrpc.getDeleteImageMethod(),
        DeleteImageRequest.newBuilder().setName(name).build(),
        CallOptions.DEFAULT
            .withWaitForReady()
            .withDeadlineAfter(ACKNOWLEDGE_WITHIN.toSeconds(), TimeUnit.SECONDS));
  }

  /** One call with one answer; a failure is a {@link CoatcheckException}. */
  <Q, R> CompletableFuture<R> unary(MethodDescriptor<Q, R> method, Q request, CallOptions options) {
    ClientCall<Q, R> call = channel.newCall(method, options);
    var answer = new CompletableFuture<R>();
    ClientCalls.asyncUnaryCall(
        call,
        request,
        new StreamObserver<>() {
          private @Nullable R value;

          @Override
          public void onNext(R message) {
            value = message;
          }

          @Override
          public void onError(Throwable thrown) {
            answer.completeExceptionally(Failures.of(thrown));
          }

          @Override
          public void onCompleted() {
            if (value == null) {
              answer.completeExceptionally(Failures.broken("the gateway's answer had no message"));
            } else {
              answer.complete(value);
            }
          }
        });
    answer.whenComplete((value, thrown) -> {
      if (answer.isCancelled()) {
        call.cancel("the caller has left", null);
      }
    });
    return answer;
  }

  /** Cuts what runs. */
  @Override
  public void close() {
    channel.shutdownNow();
    timer.shutdownNow();
  }
}
