package dev.coatcheck.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.testing.FuzzedStatus;
import dev.coatcheck.v1.ErrorReason;
import io.grpc.StatusRuntimeException;
import java.time.Duration;

/** Whatever a status says, there is a failure to tell, and it can be told on. */
class FailureStatusFuzzTest {

  @FuzzTest
  void anyStatusIsAFailure(byte[] input) {
    FuzzedStatus fuzzed = FuzzedStatus.of(input);

    GeneratorFailure failure = FailureStatus.toFailure(fuzzed.status(), fuzzed.trailers());

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
