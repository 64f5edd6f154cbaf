package dev.coatcheck.cli.tails;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * A program of others that picks an image up, by the key alone, into a file.
 *
 * @param weight how often it is chosen, beside the others
 * @param pieceBytes how much the program takes at once and may hold, which it has received then,
 *     whether or not it is in the file
 * @param prints true when it prints the image, and has no file of its own
 * @param livesOn true when it can go on running, with its connection, after the end
 * @param needs the words that succeed when it is there
 * @param command the words that run it
 */
record Client(
    String name,
    String protocol,
    int weight,
    int pieceBytes,
    boolean prints,
    boolean livesOn,
    List<String> needs,
    Function<Pickup, List<String>> command) {

  static final String HTTP_1 = "HTTP/1.1";
  static final String HTTP_2 = "HTTP/2";
  static final String EVENTS = "events";
  static final String WEB_SOCKET = "WebSocket";
  static final String GRPC = "gRPC";

  /** What a stream of chunks is made of. */
  static final int CHUNK_BYTES = 256 << 10;

  /** The frames that follow an image which was acknowledged: gRPC's status. */
  private static final int GRPC_TRAILER_BYTES = 40;

  /** How much a client may leave unread that has acknowledged all of the image. */
  int trailerBytes() {
    return protocol.equals(GRPC) ? GRPC_TRAILER_BYTES : 0;
  }

  /**
   * What a client is started with.
   *
   * @param gateway where it speaks HTTP, as a URL
   * @param grpc where it speaks gRPC
   * @param generators where they all speak gRPC, separated by commas
   * @param location the path of the image
   * @param secondsOpen how long the process lives on after the end
   */
  record Pickup(
      String gateway,
      String grpc,
      String generators,
      String location,
      Path file,
      long bytesPerSecond,
      int secondsOpen) {

    String content() {
      return gateway + location + "/content";
    }

    String socket() {
      return gateway.replace("http:", "ws:") + location + "/socket";
    }

    /** The image's name, as gRPC knows it. */
    String name() {
      return location.substring("/v1/".length());
    }

    String pace() {
      return Long.toString(bytesPerSecond);
    }

    String open() {
      return Integer.toString(secondsOpen);
    }
  }
}
