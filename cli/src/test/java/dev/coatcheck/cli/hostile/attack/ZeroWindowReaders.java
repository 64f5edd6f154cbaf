package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Frames;
import dev.coatcheck.cli.hostile.wire.Hpack;
import dev.coatcheck.cli.hostile.wire.Http2Connection;
import dev.coatcheck.v1.GenerateImageRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Clients that ask for images and pages, and whose streams have no window for any byte of them. */
final class ZeroWindowReaders implements Attack {

  private static final int CONNECTIONS = 8;
  private static final int PAGES = 90;
  private static final int IMAGES = 2;
  private static final int IMAGE_BYTES = 4 << 20;

  @Override
  public String name() {
    return "zero-window readers";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.GATEWAY_HTTP, Door.GATEWAY_GRPC, Door.GENERATOR_GRPC);
  }

  @Override
  public void strike(Attacker attacker) throws IOException {
    for (int i = 0; i < CONNECTIONS; i++) {
      Http2Connection connection = attacker.http2(Http2Connection.INITIAL_WINDOW_SIZE, 0);
      Frames frames = new Frames();
      for (int n = 0; n < IMAGES; n++) {
        askForImage(attacker, frames, connection.nextStream());
      }
      if (!attacker.door().isGrpc()) {
        for (int n = 0; n < PAGES; n++) {
          byte[] head = get("/openapi.json").toBytes();
          frames.headers(connection.nextStream(), head, Frames.END_HEADERS | Frames.END_STREAM);
        }
      }
      connection.send(frames);
    }
  }

  /** Asks for an image of 4 MiB. */
  static void askForImage(Attacker attacker, Frames frames, int stream) {
    boolean grpc = attacker.door().isGrpc();
    Hpack head =
        grpc
            ? Door.call("/coatcheck.v1.ImageService/GenerateImage")
            : new Hpack()
                .field(":method", "POST")
                .field(":scheme", "http")
                .field(":path", "/v1/images:generate")
                .field(":authority", "localhost")
                .field("content-type", "application/json");
    attacker.entitled(1);
    frames
        .headers(stream, head.toBytes(), Frames.END_HEADERS)
        .data(stream, grpc ? message() : json(), Frames.END_STREAM);
  }

  private static Hpack get(String path) {
    return new Hpack()
        .field(":method", "GET")
        .field(":scheme", "http")
        .field(":path", path)
        .field(":authority", "localhost");
  }

  private static byte[] message() {
    return Creates.message(
        GenerateImageRequest.newBuilder()
            .setCreate(
                Creates.small()
                    .setMaxBytes(IMAGE_BYTES)
                    .setSpec(Creates.spec("sizeBytes", IMAGE_BYTES)))
            .build());
  }

  private static byte[] json() {
    return """
    {"spec": {"sizeBytes": %d, "seed": -1}, "maxBytes": %d, "ttl": "1s"}\
    """
        .formatted(IMAGE_BYTES, IMAGE_BYTES)
        .getBytes(StandardCharsets.US_ASCII);
  }
}
