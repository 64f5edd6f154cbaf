package dev.coatcheck.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contract.StatusDetails;
import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.v1.ErrorReason;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FailuresTest {

  /** A server, or a proxy, may send anything. */
  @Test
  void detailsOfAnotherStatusSayNothing() {
    StatusRuntimeException refused =
        StatusDetails.of(
            Status.Code.ABORTED, ErrorReason.IMAGE_CLAIMED, "", Map.of(), Optional.empty());

    CoatcheckException failure = Failures.of(Status.UNKNOWN, refused.getTrailers());

    assertThat(failure.reason()).isEqualTo(ErrorReason.ERROR_REASON_UNSPECIFIED);
    assertThat(failure.kind()).isEqualTo(CoatcheckException.Kind.UNREACHABLE);
  }

  /** It may be printed on a terminal. */
  @Test
  void whatTheServerSendsIsBoundedAndPrintable() {
    String forged = "\u001b]0;title\u0007\r\ncoatcheck: done " + "x".repeat(5000);
    StatusRuntimeException refused =
        StatusDetails.of(
            Status.Code.INTERNAL,
            ErrorReason.FUNCTION_FAILED,
            "The function failed.",
            Map.of(),
            Optional.empty());
    Status unclipped = refused.getStatus().withDescription(forged);

    for (CoatcheckException failure :
        new CoatcheckException[] {
          Failures.of(unclipped, refused.getTrailers()), Failures.of(unclipped, null)
        }) {
      assertThat(UntrustedText.isPrintable(failure.getMessage())).isTrue();
      assertThat(failure.getMessage()).hasSizeLessThan(2 * UntrustedText.MAX_MESSAGE);
    }
    assertThat(Failures.of(unclipped, refused.getTrailers()).reason())
        .isEqualTo(ErrorReason.FUNCTION_FAILED);
  }
}
