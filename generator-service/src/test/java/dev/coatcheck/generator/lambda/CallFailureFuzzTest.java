package dev.coatcheck.generator.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.amazonaws.AmazonServiceException;
import com.amazonaws.services.lambda.model.AWSLambdaException;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.ingest.ImageSource;
import dev.coatcheck.v1.ErrorReason;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.lambda.model.LambdaException;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import software.amazon.awssdk.services.lambda.model.TooManyRequestsException;

/**
 * Whatever AWS says of a call: a caller learns of it the error's code or HTTP status at most, the
 * log the rest.
 */
class CallFailureFuzzTest {

  private static final int MAX_CODE = 64;

  /** Codes of calls that Lambda will take a little later. */
  private static final Set<String> PASSING =
      Set.of(
          "TooManyRequestsException",
          "ThrottlingException",
          "Throttling",
          "ThrottledException",
          "RequestLimitExceeded",
          "EC2ThrottledException",
          "ResourceConflictException",
          "ResourceNotReadyException",
          "SnapStartNotReadyException",
          "ENINotReadyException",
          "CodeArtifactUserPendingException");

  /** What the SDKs throw, and what the contract makes of it. */
  private enum Kind {
    LAMBDA(ErrorReason.FUNCTION_FAILED),
    LAMBDA_WITHOUT_DETAILS(ErrorReason.FUNCTION_FAILED),
    NOT_FOUND(ErrorReason.FUNCTION_FAILED),
    THROTTLED(ErrorReason.FUNCTION_THROTTLED),
    OTHER_SERVICE(ErrorReason.FUNCTION_FAILED),
    TIMEOUT(ErrorReason.FUNCTION_TIMEOUT),
    ATTEMPT_TIMEOUT(ErrorReason.FUNCTION_TIMEOUT),
    CLIENT(ErrorReason.FUNCTION_FAILED),
    SDK1_LAMBDA(ErrorReason.FUNCTION_FAILED),
    SDK1_THROTTLED(ErrorReason.FUNCTION_THROTTLED),
    SDK1_OTHER_SERVICE(ErrorReason.FUNCTION_FAILED),
    SDK1_TIMEOUT(ErrorReason.FUNCTION_TIMEOUT),
    SDK1_CLIENT(ErrorReason.FUNCTION_FAILED),
    CONNECTION(ErrorReason.FUNCTION_FAILED),
    BUG(ErrorReason.FUNCTION_FAILED);

    private final ErrorReason reason;

    Kind(ErrorReason reason) {
      this.reason = reason;
    }

    /** Whether somebody has answered, with a status and a code. */
    boolean isAnswer() {
      return hasCode() || this == LAMBDA_WITHOUT_DETAILS;
    }

    boolean hasCode() {
      return switch (this) {
        case LAMBDA,
            NOT_FOUND,
            THROTTLED,
            OTHER_SERVICE,
            SDK1_LAMBDA,
            SDK1_THROTTLED,
            SDK1_OTHER_SERVICE ->
            true;
        default -> false;
      };
    }

    boolean mayPass(int statusCode) {
      return switch (reason) {
        case FUNCTION_THROTTLED -> true;
        case FUNCTION_TIMEOUT -> false;
        default -> !isAnswer() || statusCode >= 500;
      };
    }
  }

  /** What AWS answers; each text may be any. */
  private record Failure(Kind kind, int statusCode, String code, String requestId, String message) {

    Throwable exception() {
      return switch (kind) {
        case LAMBDA -> filled(LambdaException.builder().awsErrorDetails(details())).build();
        case LAMBDA_WITHOUT_DETAILS -> filled(LambdaException.builder()).build();
        case NOT_FOUND ->
            filled(ResourceNotFoundException.builder().awsErrorDetails(details())).build();
        case THROTTLED ->
            filled(TooManyRequestsException.builder().awsErrorDetails(details())).build();
        case OTHER_SERVICE ->
            filled(AwsServiceException.builder().awsErrorDetails(details())).build();
        case TIMEOUT -> ApiCallTimeoutException.builder().message(message).build();
        case ATTEMPT_TIMEOUT -> ApiCallAttemptTimeoutException.builder().message(message).build();
        case CLIENT -> SdkClientException.create(message);
        case SDK1_LAMBDA -> filled(new AWSLambdaException(message));
        case SDK1_THROTTLED ->
            filled(new com.amazonaws.services.lambda.model.TooManyRequestsException(message));
        case SDK1_OTHER_SERVICE -> filled(new AmazonServiceException(message));
        case SDK1_TIMEOUT ->
            new com.amazonaws.SdkClientException(message, new SocketTimeoutException(message));
        case SDK1_CLIENT -> new com.amazonaws.SdkClientException(message);
        case CONNECTION -> new IOException(message);
        case BUG -> new IllegalStateException(message, new IOException(message));
      };
    }

    private AwsErrorDetails details() {
      return AwsErrorDetails.builder()
          .errorCode(code)
          .errorMessage(message)
          .serviceName(requestId)
          .build();
    }

    private AwsServiceException.Builder filled(AwsServiceException.Builder exception) {
      return exception.message(message).requestId(requestId).statusCode(statusCode);
    }

    private AmazonServiceException filled(AmazonServiceException exception) {
      exception.setErrorCode(code);
      exception.setRequestId(requestId);
      exception.setStatusCode(statusCode);
      exception.setServiceName(requestId);
      return exception;
    }

    /** With nothing of AWS's but the code. */
    Failure withoutTexts() {
      return new Failure(kind, statusCode, code, "request", "message");
    }
  }

  /** The one end that a sink is told. */
  private static final class End implements ImageSource.Sink {
    private final boolean wanted;
    private @Nullable Refusal refusal;
    private boolean broken;

    End(boolean wanted) {
      this.wanted = wanted;
    }

    @Override
    public boolean isWanted() {
      return wanted;
    }

    @Override
    public boolean write(ByteBuffer bytes) {
      throw new IllegalStateException("write (expected: an end)");
    }

    @Override
    public void complete() {
      throw new IllegalStateException("complete (expected: another end)");
    }

    @Override
    public void fail(Refusal why) {
      assertThat(refusal).isNull();
      refusal = why;
    }

    @Override
    public void broken(Refusal why) {
      fail(why);
      broken = true;
    }

    Refusal refusal() {
      if (refusal == null) {
        throw new AssertionError("no end");
      }
      return refusal;
    }
  }

  /** Three bytes say what and how; then come the code, the request's number and the message. */
  @FuzzTest
  void callerLearnsTheCodeAtMost(byte[] input) {
    byte[] head = Arrays.copyOf(input, 3);
    String[] texts =
        new String(
                input,
                Math.min(3, input.length),
                Math.max(0, input.length - 3),
                StandardCharsets.UTF_8)
            .split("\n", 3);
    Failure failure =
        new Failure(
            Kind.values()[(head[0] & 0xFF) % Kind.values().length],
            100 + 2 * (head[1] & 0xFF),
            texts[0],
            texts.length > 1 ? texts[1] : "",
            texts.length > 2 ? texts[2] : "");
    Throwable thrown = failure.exception();
    for (int wrapped = 0; wrapped < (head[2] & 3); wrapped++) {
      thrown = new CompletionException(failure.message(), thrown);
    }

    End end = new End((head[2] & 4) == 0);
    requireLogged(end, thrown);

    Refusal refusal = end.refusal();
    boolean passing =
        failure.kind().reason == ErrorReason.FUNCTION_THROTTLED
            || (failure.kind().hasCode() && PASSING.contains(failure.code()));
    assertThat(refusal.reason())
        .isEqualTo(passing ? ErrorReason.FUNCTION_THROTTLED : failure.kind().reason);
    assertThat(end.broken).isEqualTo(passing || failure.kind().mayPass(failure.statusCode()));
    assertThat(refusal.retryAfter().isPositive())
        .isEqualTo(refusal.reason() == ErrorReason.FUNCTION_THROTTLED);
    End plain = new End(false);
    FunctionErrors.tellOfCall(plain, failure.withoutTexts().exception());
    assertThat(refusal).isEqualTo(plain.refusal());
    if (failure.kind().isAnswer() && !passing) {
      assertThat(refusal.message())
          .isEqualTo(
              failure.kind().hasCode() && isName(failure.code())
                  ? "Lambda refused the call: " + failure.code() + "."
                  : "Lambda refused the call: HTTP status " + failure.statusCode() + ".");
    }
  }

  /** One line that can be read, or none of a call that was cancelled. */
  private static void requireLogged(End end, Throwable thrown) {
    Logger log = (Logger) LoggerFactory.getLogger(FunctionErrors.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.setAdditive(false);
    log.addAppender(lines);
    try {
      FunctionErrors.tellOfCall(end, thrown);
    } finally {
      log.detachAppender(lines);
      log.setAdditive(true);
    }
    assertThat(lines.list).hasSize(end.isWanted() ? 1 : 0);
    for (ILoggingEvent line : lines.list) {
      String text = line.getFormattedMessage();
      assertThat(UntrustedText.isPrintable(text)).isTrue();
      assertThat(UntrustedText.hasAtMost(text, UntrustedText.MAX_MESSAGE + MAX_CODE)).isTrue();
      assertThat(line.getThrowableProxy()).isNull();
    }
  }

  private static boolean isName(String code) {
    return !code.isEmpty()
        && code.length() <= MAX_CODE
        && code.chars()
            .allMatch(c -> c == '.' || (c < 0x80 && Character.isLetterOrDigit((char) c)));
  }
}
