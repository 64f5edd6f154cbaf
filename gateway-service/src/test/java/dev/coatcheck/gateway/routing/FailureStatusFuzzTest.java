package dev.coatcheck.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.v1.ErrorReason;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** Whatever a status says, there is a failure to tell, and it can be told on. */
class FailureStatusFuzzTest {

  /** UNAUTHENTICATED. */
  private static final int MAX_CODE = 16;

  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  /** The first byte is the code; the rest the details, and the description as well. */
  @FuzzTest
  void anyStatusIsAFailure(byte[] input) {
    int code = 1 + (input.length == 0 ? 0 : (input[0] & 0xFF) % MAX_CODE);
    byte[] details = Arrays.copyOfRange(input, Math.min(1, input.length), input.length);
    Metadata trailers = new Metadata();
    trailers.put(DETAILS, details);
    Status status =
        Status.fromCodeValue(code).withDescription(new String(details, StandardCharsets.UTF_8));

    GeneratorFailure failure = FailureStatus.toFailure(status, trailers);

    assertThat(UntrustedText.hasAtMost(failure.message(), UntrustedText.MAX_MESSAGE)).isTrue();
    assertThat(UntrustedText.isPrintable(failure.message())).isTrue();
    assertThat(failure.retryAfter().filter(Duration::isNegative)).isEmpty();
    StatusRuntimeException told = FailureStatus.toStatus(failure);
    if (failure.reason() != ErrorReason.ERROR_REASON_UNSPECIFIED) {
      GeneratorFailure heard = FailureStatus.toFailure(told);
      assertThat(heard.reason()).isEqualTo(failure.reason());
      assertThat(heard.message()).isEqualTo(failure.message());
      assertThat(heard.retryAfter()).isEqualTo(failure.retryAfter());
    }
  }
}
