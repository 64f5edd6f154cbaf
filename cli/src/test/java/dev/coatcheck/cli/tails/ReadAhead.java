package dev.coatcheck.cli.tails;

import java.util.Map;
import java.util.Optional;

/**
 * The clients whose library takes bytes from the kernel, and acknowledges them to the server,
 * before the program asks for them. No server can tell such a client that is killed in between from
 * one that has received all, so what is lost with its memory is counted, and is no failure.
 */
final class ReadAhead {

  private static final String C_CORE =
      "gRPC's C core takes what the stream's window allows, megabytes, and acknowledges PINGs on a"
          + " thread of its own, whatever the program reads";

  private static final Map<String, String> REASONS =
      Map.of(
          "grpc",
          C_CORE,
          "grpc-generator",
          C_CORE,
          "buf",
          "Go's HTTP/2 takes up to 4 MiB of a stream, and acknowledges PINGs in its read loop",
          "java",
          "the client asks for one chunk, 256 KiB, before the program has read the last",
          "fetch",
          "Node's socket and fetch's body queue some 100 KiB for the program",
          "http2",
          "Node's stream queues some 64 KiB for the program",
          "chromium",
          "the network process takes what the page's data pipe holds, 512 KiB and more");

  private ReadAhead() {}

  /** Why the client's process may have taken what the program has not; empty when it may not. */
  static Optional<String> reason(Client client) {
    return Optional.ofNullable(REASONS.get(client.name()));
  }
}
