package dev.coatcheck.contract;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.coatcheck.v1.ErrorReason;
import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusDetailsTest {

  /** What gRPC's clients take of headers and trailers unless told otherwise. */
  private static final int CLIENTS_HEADER_LIST_BYTES = 8192;

  /** RFC 9113, 6.5.2: what each field counts beside its octets. */
  private static final int FIELD_OVERHEAD_BYTES = 32;

  @Test
  void reasonMetadataAndRetryTravelInTheDetails() throws Exception {
    StatusRuntimeException thrown =
        StatusDetails.of(
            Status.Code.UNAVAILABLE,
            ErrorReason.GENERATOR_UNAVAILABLE,
            "Try again.",
            Map.of("peer", "127.0.0.1:9090"),
            Optional.of(Duration.ofMillis(1500)));

    com.google.rpc.Status status = requireNonNull(StatusProto.fromThrowable(thrown));
    assertThat(thrown.getStatus().getDescription()).isEqualTo("Try again.");
    assertThat(status.getDetails(0).unpack(ErrorInfo.class))
        .isEqualTo(
            ErrorInfo.newBuilder()
                .setReason("GENERATOR_UNAVAILABLE")
                .setDomain("coatcheck.dev")
                .putMetadata("peer", "127.0.0.1:9090")
                .build());
    assertThat(status.getDetails(1).unpack(RetryInfo.class).getRetryDelay())
        .isEqualTo(
            com.google.protobuf.Duration.newBuilder().setSeconds(1).setNanos(500_000_000).build());
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "%", "é", "한", "\ud83d\ude00", "\u0000"})
  void trailersFitIntoWhatClientsTakeWhateverIsTold(String character) {
    String text = character.repeat(1_000_000);
    Map<String, String> metadata = new LinkedHashMap<>();
    for (int i = 0; i < 100; i++) {
      metadata.put(i + text, text);
      metadata.put(i + "x".repeat(30), text);
    }

    StatusRuntimeException thrown =
        StatusDetails.of(
            Status.Code.INVALID_ARGUMENT,
            ErrorReason.MEMORY_BUDGET_EXHAUSTED,
            text,
            metadata,
            Optional.of(Duration.ofDays(1).plusNanos(1)));

    assertThat(trailerBytes(thrown)).isLessThan(CLIENTS_HEADER_LIST_BYTES);
    assertThat(StatusDetails.describe(thrown.getStatus()))
        .hasSizeLessThan(2 * UntrustedText.MAX_MESSAGE + 20);
  }

  @Test
  void detailsThatAreDamagedOrOfAnotherStatusAreNone() {
    StatusRuntimeException refused =
        StatusDetails.of(
            Status.Code.ABORTED, ErrorReason.IMAGE_CLAIMED, "", Map.of(), Optional.empty());
    Metadata damaged = new Metadata();
    damaged.put(
        Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER),
        new byte[] {-1});

    assertThat(StatusDetails.details(Status.ABORTED, refused.getTrailers())).hasSize(1);
    assertThat(StatusDetails.details(Status.UNKNOWN, refused.getTrailers())).isEmpty();
    assertThat(StatusDetails.details(Status.UNKNOWN, damaged)).isEmpty();
    assertThat(StatusDetails.details(Status.UNKNOWN, null)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 500000000, PT1.5S",
    "-1, 0, PT0S",
    "0, -1, PT0S",
    "9223372036854775807, 0, PT24H"
  })
  void retryDelayIsNeitherNegativeNorEndless(long seconds, int nanos, Duration expected) {
    RetryInfo info =
        RetryInfo.newBuilder()
            .setRetryDelay(
                com.google.protobuf.Duration.newBuilder().setSeconds(seconds).setNanos(nanos))
            .build();

    assertThat(StatusDetails.retryDelay(info)).isEqualTo(expected);
  }

  /** The size of a response of trailers alone, as RFC 9113 counts it and gRPC writes it. */
  private static int trailerBytes(StatusRuntimeException thrown) {
    Metadata trailers = new Metadata();
    trailers.merge(requireNonNull(thrown.getTrailers()));
    trailers.put(Metadata.Key.of("status", Metadata.ASCII_STRING_MARSHALLER), "200");
    trailers.put(
        Metadata.Key.of("content-type", Metadata.ASCII_STRING_MARSHALLER), "application/grpc");
    trailers.put(Metadata.Key.of("grpc-status", Metadata.ASCII_STRING_MARSHALLER), "13");
    int bytes = FIELD_OVERHEAD_BYTES + "grpc-message".length();
    for (byte octet :
        requireNonNull(thrown.getStatus().getDescription()).getBytes(StandardCharsets.UTF_8)) {
      bytes += octet >= ' ' && octet < '~' && octet != '%' ? 1 : 3;
    }
    byte[][] serialized = InternalMetadata.serialize(trailers);
    for (int i = 0; i < serialized.length; i += 2) {
      boolean binary = new String(serialized[i], StandardCharsets.US_ASCII).endsWith("-bin");
      bytes += FIELD_OVERHEAD_BYTES + serialized[i].length;
      bytes += binary ? (serialized[i + 1].length + 2) / 3 * 4 : serialized[i + 1].length;
    }
    return bytes;
  }
}
