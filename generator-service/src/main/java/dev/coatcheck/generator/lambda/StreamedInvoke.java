package dev.coatcheck.generator.lambda;

import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.ingest.FunctionCall;
import dev.coatcheck.generator.ingest.ImageSource;
import dev.coatcheck.v1.ErrorReason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.services.lambda.LambdaAsyncClient;
import software.amazon.awssdk.services.lambda.LambdaAsyncClientBuilder;
import software.amazon.awssdk.services.lambda.model.InvokeResponseStreamUpdate;
import software.amazon.awssdk.services.lambda.model.InvokeWithResponseStreamCompleteEvent;
import software.amazon.awssdk.services.lambda.model.InvokeWithResponseStreamRequest;
import software.amazon.awssdk.services.lambda.model.InvokeWithResponseStreamResponseEvent;
import software.amazon.awssdk.services.lambda.model.InvokeWithResponseStreamResponseHandler;

/**
 * The {@code response stream} transfer: {@code InvokeWithResponseStream} of the AWS SDK v2, whose
 * event stream is the image's raw bytes and then the function's own end.
 *
 * <p>The HTTP status is 200 even when the function fails half way, so an image is complete only
 * after an {@code InvokeComplete} without an error code. The SDK never tries again by itself: it
 * cannot know how far the function got.
 *
 * <p>A call takes a turn, of which there are as many as the heap has room for, and gives it back
 * when the SDK says that the call is over, however.
 *
 * <p><b>Threading:</b> bytes are taken in on the SDK's event loop, which asks for more only when
 * the last ones are in memory.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html">
 *     InvokeWithResponseStream</a>
 */
final class StreamedInvoke implements ImageSource, AutoCloseable {

  /** An idle connection keeps what its last answer was decoded with. */
  private static final Duration IDLE_WITHIN = Duration.ofSeconds(2);

  private final ConcurrencyLimiter limiter;
  private final SdkEventLoopGroup eventLoops;
  private final LambdaAsyncClient lambda;

  StreamedInvoke(LambdaAccess access, int streams) {
    limiter = new ConcurrencyLimiter(streams);
    eventLoops = SdkEventLoopGroup.builder().build();
    NettyNioAsyncHttpClient.Builder connections =
        NettyNioAsyncHttpClient.builder()
            .eventLoopGroup(eventLoops)
            .maxConcurrency(streams)
            .maxPendingConnectionAcquires(streams)
            .connectionMaxIdleTime(IDLE_WITHIN);
    access.configure(connections);
    LambdaAsyncClientBuilder builder =
        LambdaAsyncClient.builder()
            .httpClientBuilder(connections)
            .overrideConfiguration(override ->
                override
                    .retryStrategy(AwsRetryStrategy.doNotRetry())
                    .addExecutionInterceptor(new InvokeCompleteLimit()))
            // Nothing in here blocks, so that no other thread is needed.
            .asyncConfiguration(async ->
                async.advancedOption(
                    SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, Runnable::run));
    access.configure(builder);
    this.lambda = builder.build();
  }

  @Override
  public Running start(FunctionCall call, Sink sink) {
    if (!limiter.tryAcquire()) {
      sink.fail(FunctionErrors.noTurn());
      return () -> {};
    }
    if (!sink.isWanted()) {
      limiter.release();
      return () -> {};
    }
    CompletableFuture<Void> answered;
    Events events = new Events(sink);
    try {
      answered = invoke(call, events);
    } catch (SdkException e) {
      limiter.release();
      events.over(Optional.of(e));
      return () -> {};
    } catch (RuntimeException e) {
      limiter.release();
      throw e;
    }
    answered.whenComplete((_, failure) -> {
      limiter.release();
      events.over(Optional.ofNullable(failure));
    });
    return () -> answered.cancel(true);
  }

  private CompletableFuture<Void> invoke(FunctionCall call, Events events) {
    return lambda.invokeWithResponseStream(
        InvokeWithResponseStreamRequest.builder()
            .functionName(call.function())
            .payload(SdkBytes.fromUtf8String(FunctionEvent.json(call)))
            .build(),
        InvokeWithResponseStreamResponseHandler.builder()
            .onEventStream(stream -> stream.subscribe(events))
            .build());
  }

  /** How many calls run now. */
  int running() {
    return limiter.inUse();
  }

  @Override
  public void close() {
    lambda.close();
    // The SDK's own group would take two quiet seconds to close.
    eventLoops.eventLoopGroup().shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** Hands one answer's events on, in order, and tells the sink of the first end that it sees. */
  private static final class Events implements Subscriber<InvokeWithResponseStreamResponseEvent> {

    private final Sink sink;

    // state: the SDK's event loop, then the thread that completes the call
    private volatile @Nullable Subscription subscription;
    private volatile boolean ended;

    Events(Sink sink) {
      this.sink = sink;
    }

    @Override
    public void onSubscribe(Subscription given) {
      subscription = given;
      given.request(1);
    }

    @Override
    public void onNext(InvokeWithResponseStreamResponseEvent event) {
      Subscription more = subscription;
      if (ended || more == null) {
        return;
      }
      switch (event) {
        case InvokeResponseStreamUpdate chunk -> {
          if (!sink.write(ByteBuffer.wrap(chunk.payload().asByteArrayUnsafe()))) {
            ended = true;
            more.cancel();
            return;
          }
        }
        case InvokeWithResponseStreamCompleteEvent end -> {
          ended = true;
          String code = end.errorCode();
          if (code == null || code.isEmpty()) {
            sink.complete();
          } else {
            String details = end.errorDetails() == null ? "" : end.errorDetails();
            sink.fail(
                FunctionErrors.ofFunction(
                    FunctionError.of(code, details.getBytes(StandardCharsets.UTF_8))));
          }
        }
        default -> {} // an event that this version does not know
      }
      more.request(1);
    }

    @Override
    public void onError(Throwable failure) {
      over(Optional.of(failure));
    }

    @Override
    public void onComplete() {}

    void over(Optional<Throwable> failure) {
      if (!ended) {
        ended = true;
        failure.ifPresentOrElse(
            cause -> FunctionErrors.tellOfCall(sink, cause),
            () ->
                sink.broken(
                    Refusal.of(
                        ErrorReason.FUNCTION_FAILED,
                        "The function's answer was cut: it has no InvokeComplete.")));
      }
    }
  }
}
