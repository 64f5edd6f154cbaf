package dev.coatcheck.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.v1.ErrorReason;
import io.grpc.Status;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;

class FailureStatusTest {

  @Test
  void aConnectionThatClosedUnderTheCallIsAGeneratorThatDidNotAnswer() {
    GeneratorFailure failure =
        FailureStatus.toFailure(
            Status.UNKNOWN
                .withDescription("channel closed")
                .withCause(new ClosedChannelException()),
            null);

    assertThat(failure.reason()).isEqualTo(ErrorReason.GENERATOR_UNAVAILABLE);
    assertThat(failure.retryAfter()).isPresent();
  }

  @Test
  void whatAGeneratorSaysWithoutAReasonIsItsFailure() {
    GeneratorFailure failure =
        FailureStatus.toFailure(Status.UNKNOWN.withDescription("thrown"), null);

    assertThat(failure.reason()).isEqualTo(ErrorReason.ERROR_REASON_UNSPECIFIED);
    assertThat(failure.retryAfter()).isEmpty();
  }

  @Test
  void detailsOfAnotherStatusSayNothing() {
    GeneratorFailure failure =
        FailureStatus.toFailure(
            Status.UNKNOWN,
            FailureStatus.toStatus(GeneratorFailure.of(ErrorReason.IMAGE_CLAIMED, ""))
                .getTrailers());

    assertThat(failure.reason()).isEqualTo(ErrorReason.ERROR_REASON_UNSPECIFIED);
  }
}
