package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Frames;
import dev.coatcheck.cli.hostile.wire.Http2Connection;
import dev.coatcheck.v1.CreateImageRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/** Messages of 4 kB that unpack to just less than the 4 MiB that gRPC takes unless told. */
final class GzipBombs implements Attack {

  private static final int CONNECTIONS = 4;
  private static final int STREAMS = 30;
  private static final int UNPACKED_BYTES = (4 << 20) - 100;

  @Override
  public String name() {
    return "gzip bombs";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(
        Door.GATEWAY_GRPC, Door.GATEWAY_MANAGEMENT, Door.GENERATOR_GRPC, Door.GENERATOR_MANAGEMENT);
  }

  @Override
  public void strike(Attacker attacker) throws InterruptedException {
    byte[] message = Creates.message(true, bomb());
    attacker.repeat(CONNECTIONS, () -> send(attacker, message));
  }

  private static void send(Attacker attacker, byte[] message) throws IOException {
    byte[] head = attacker.door().requestWithBody().field("grpc-encoding", "gzip").toBytes();
    Http2Connection connection = attacker.http2();
    Frames frames = new Frames();
    for (int i = 0; i < STREAMS; i++) {
      int stream = connection.nextStream();
      frames.headers(stream, head, Frames.END_HEADERS).data(stream, message, Frames.END_STREAM);
    }
    connection.send(frames);
  }

  private static byte[] bomb() {
    byte[] create =
        CreateImageRequest.newBuilder()
            .setFunction("x".repeat(UNPACKED_BYTES))
            .build()
            .toByteArray();
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(create);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }
}
