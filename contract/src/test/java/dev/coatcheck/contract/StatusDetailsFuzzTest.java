package dev.coatcheck.contract;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.rpc.ErrorInfo;
import dev.coatcheck.v1.ErrorReason;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** Whatever is told, it fits into what a gRPC client takes of trailers, 8 KiB, and is readable. */
class StatusDetailsFuzzTest {

  private static final int MAX_DETAILS_BYTES = 5 * 1024;

  @FuzzTest
  void detailsOfAnyTextAreSmall(byte[] input) throws Exception {
    String text = new String(input, StandardCharsets.UTF_16BE);
    StatusRuntimeException thrown =
        StatusDetails.of(
            Status.Code.INVALID_ARGUMENT,
            ErrorReason.INVALID_REQUEST,
            text,
            Map.of(text, text, "field", text),
            Optional.empty());

    com.google.rpc.Status status = requireNonNull(StatusProto.fromThrowable(thrown));
    ErrorInfo info = status.getDetails(0).unpack(ErrorInfo.class);
    assertThat(info.getDomain()).isEqualTo(StatusDetails.DOMAIN);
    assertThat(info.getMetadataMap()).containsKey("field");
    assertThat(info.getMetadataMap().values()).allMatch(UntrustedText::isPrintable);
    String description = requireNonNull(thrown.getStatus().getDescription());
    assertThat(UntrustedText.isPrintable(description)).isTrue();
    assertThat(UntrustedText.hasAtMost(description, UntrustedText.MAX_MESSAGE)).isTrue();
    assertThat(status.getSerializedSize()).isLessThan(MAX_DETAILS_BYTES);
  }
}
