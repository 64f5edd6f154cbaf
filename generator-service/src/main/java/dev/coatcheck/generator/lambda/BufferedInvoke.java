package dev.coatcheck.generator.lambda;

import com.amazonaws.ClientConfiguration;
import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.lambda.AWSLambda;
import com.amazonaws.services.lambda.AWSLambdaClientBuilder;
import com.amazonaws.services.lambda.model.InvokeRequest;
import com.amazonaws.services.lambda.model.InvokeResult;
import dev.coatcheck.generator.ingest.FunctionCall;
import dev.coatcheck.generator.ingest.ImageSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The {@code buffered} transfer: {@code Invoke} of the AWS SDK v1, whose one answer is JSON with
 * the image in base64.
 *
 * <p>The SDK blocks, so each call has a virtual thread of its own. The answer and the SDK's copy of
 * it are on the heap, so only a few calls run at once.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html">Invoke</a>
 */
final class BufferedInvoke implements ImageSource, AutoCloseable {

  private static final int AT_ONCE = 4;
  private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);

  /** Lambda ends the function itself; we wait a little longer, so that we hear of it. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Turns turns = new Turns(AT_ONCE);
  private final AWSLambda lambda;

  BufferedInvoke(LambdaSettings settings) {
    AWSLambdaClientBuilder builder =
        AWSLambdaClientBuilder.standard()
            .withClientConfiguration(
                new ClientConfiguration()
                    .withMaxErrorRetry(0) // a retry would run the function again
                    .withMaxConnections(AT_ONCE)
                    .withConnectionTimeout((int) CONNECT_WITHIN.toMillis())
                    .withSocketTimeout((int) settings.functionTimeout().plus(GRACE).toMillis())
                    .withTcpKeepAlive(true));
    if (settings.endpoint().isPresent()) {
      builder.withEndpointConfiguration(
          new EndpointConfiguration(settings.endpoint().get().toString(), settings.region()));
    } else if (!settings.region().isEmpty()) {
      builder.withRegion(settings.region());
    }
    if (settings.dummyCredentials()) {
      builder.withCredentials(
          new AWSStaticCredentialsProvider(new BasicAWSCredentials("local", "local")));
    }
    this.lambda = builder.build();
  }

  @Override
  public Running start(FunctionCall call, Sink sink) {
    if (!turns.tryTake()) {
      sink.fail(FunctionErrors.noTurn());
      return () -> {};
    }
    Thread caller =
        Thread.ofVirtual()
            .name("invoke")
            .start(() -> {
              try {
                invoke(call, sink);
              } finally {
                turns.giveBack();
              }
            });
    return caller::interrupt;
  }

  private void invoke(FunctionCall call, Sink sink) {
    if (!sink.isWanted()) {
      return;
    }
    InvokeResult result;
    try {
      result =
          lambda.invoke(
              new InvokeRequest()
                  .withFunctionName(call.function())
                  .withPayload(FunctionEvent.json(call)));
    } catch (RuntimeException e) {
      sink.fail(FunctionErrors.ofCall(e));
      return;
    }
    ByteBuffer answer = result.getPayload();
    if (result.getFunctionError() != null) {
      sink.fail(
          FunctionErrors.ofFunction(
              result.getFunctionError(), StandardCharsets.UTF_8.decode(answer).toString()));
      return;
    }
    try {
      BufferedAnswer.writeTo(sink, answer);
    } catch (IOException e) {
      sink.fail(FunctionErrors.ofAnswer(e));
    }
  }

  @Override
  public void close() {
    lambda.shutdown();
  }
}
