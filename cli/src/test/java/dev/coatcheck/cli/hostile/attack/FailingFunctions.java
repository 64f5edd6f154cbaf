package dev.coatcheck.cli.hostile.attack;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.coatcheck.cli.hostile.wire.Frames;
import dev.coatcheck.cli.hostile.wire.Http2Connection;
import dev.coatcheck.v1.CreateImageRequest;
import java.io.IOException;
import java.util.Set;

/** Functions that fail with a message of 250 kB each, for images that live for ten minutes. */
final class FailingFunctions implements Attack {

  private static final int CONNECTIONS = 4;
  private static final int MESSAGE_BYTES = 250_000;
  private static final int AT_MOST = 250;

  @Override
  public String name() {
    return "functions that fail at length";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.GATEWAY_GRPC);
  }

  @Override
  public void strike(Attacker attacker) throws InterruptedException {
    byte[] create = Creates.message(create());
    attacker.repeat(CONNECTIONS, () -> send(attacker, create));
  }

  private static void send(Attacker attacker, byte[] create)
      throws IOException, InterruptedException {
    byte[] head = Door.call(Creates.PATH).toBytes();
    Http2Connection connection = attacker.http2();
    for (int i = 0; i < AT_MOST && !attacker.isOver(); i++) {
      int stream = connection.nextStream();
      attacker.entitled(1);
      connection.send(new Frames().headers(stream, head, Frames.END_HEADERS));
      connection.sendBody(stream, create);
      connection.send(new Frames().data(stream, new byte[0], Frames.END_STREAM));
    }
    attacker.hold();
  }

  private static CreateImageRequest create() {
    Struct fault =
        Struct.newBuilder()
            .putFields("failAtByte", Value.newBuilder().setNumberValue(0).build())
            .putFields(
                "errorMessage",
                Value.newBuilder().setStringValue("x".repeat(MESSAGE_BYTES)).build())
            .build();
    Struct spec =
        Creates.spec("sizeBytes", 1000)
            .putFields("fault", Value.newBuilder().setStructValue(fault).build())
            .build();
    return Creates.small().clearTtl().setSpec(spec).build();
  }
}
