package dev.coatcheck.lambda.local;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.lambda.LambdaAsyncClient;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.InvokeWithResponseStreamCompleteEvent;
import software.amazon.awssdk.services.lambda.model.InvokeWithResponseStreamResponseHandler;

/** The AWS SDK's own client, pointed at a local Lambda, with no retries. */
final class AwsClient implements AutoCloseable {

  /** What came of one stream. */
  static final class Streamed {

    private final byte[] bytes;
    private final @Nullable InvokeWithResponseStreamCompleteEvent complete;

    Streamed(byte[] bytes, @Nullable InvokeWithResponseStreamCompleteEvent complete) {
      this.bytes = bytes;
      this.complete = complete;
    }

    /** All payload chunks, joined. */
    byte[] bytes() {
      return bytes;
    }

    boolean isComplete() {
      return complete != null;
    }

    /** The last event; the stream must have had one. */
    InvokeWithResponseStreamCompleteEvent complete() {
      return Objects.requireNonNull(complete, "the stream ended without InvokeComplete");
    }
  }

  /** One for all, since closing one takes two seconds. */
  private static final SdkAsyncHttpClient HTTP =
      NettyNioAsyncHttpClient.builder()
          .maxConcurrency(200)
          .readTimeout(Duration.ofMinutes(2))
          .build();

  private final LambdaAsyncClient lambda;

  AwsClient(URI endpoint) {
    lambda =
        LambdaAsyncClient.builder()
            .endpointOverride(endpoint)
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
            .httpClient(HTTP)
            .overrideConfiguration(o -> o.retryStrategy(r -> r.maxAttempts(1)))
            .build();
  }

  CompletableFuture<InvokeResponse> invoke(String function, String event) {
    return lambda.invoke(r -> r.functionName(function).payload(SdkBytes.fromUtf8String(event)));
  }

  CompletableFuture<Streamed> stream(String function, String event) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CompletableFuture<InvokeWithResponseStreamCompleteEvent> last = new CompletableFuture<>();
    InvokeWithResponseStreamResponseHandler handler =
        InvokeWithResponseStreamResponseHandler.builder()
            .subscriber(
                InvokeWithResponseStreamResponseHandler.Visitor.builder()
                    .onPayloadChunk(chunk -> bytes.writeBytes(chunk.payload().asByteArray()))
                    .onInvokeComplete(last::complete)
                    .build())
            .build();
    CompletableFuture<Void> call =
        lambda.invokeWithResponseStream(
            r -> r.functionName(function).payload(SdkBytes.fromUtf8String(event)), handler);
    CompletableFuture<Streamed> streamed =
        call.thenApply(done -> new Streamed(bytes.toByteArray(), last.getNow(null)));
    // Cancelling hangs up, which only the client's own future does by itself.
    streamed.whenComplete((done, error) -> call.cancel(true));
    return streamed;
  }

  @Override
  public void close() {
    lambda.close();
  }
}
