package dev.coatcheck.testing;

import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A gRPC status that a fuzzer makes up: any code but {@code OK}, any description, any details.
 *
 * @param status the code and the description
 * @param trailers with {@code grpc-status-details-bin}
 */
public record FuzzedStatus(Status status, Metadata trailers) {

  /** UNAUTHENTICATED. */
  private static final int MAX_CODE = 16;

  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  /** The first byte is the code; the rest the details, and the description as well. */
  public static FuzzedStatus of(byte[] input) {
    int code = 1 + (input.length == 0 ? 0 : (input[0] & 0xFF) % MAX_CODE);
    byte[] details = Arrays.copyOfRange(input, Math.min(1, input.length), input.length);
    Metadata trailers = new Metadata();
    trailers.put(DETAILS, details);
    String description = new String(details, StandardCharsets.UTF_8);
    return new FuzzedStatus(Status.fromCodeValue(code).withDescription(description), trailers);
  }
}
