package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Frames;
import dev.coatcheck.cli.hostile.wire.Http1;
import dev.coatcheck.cli.hostile.wire.Http2Connection;
import dev.coatcheck.v1.CreateImageRequest;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Set;

/** Creates with a function, a file name or a request id of 4 kB to 1 MB. */
final class LongFields implements Attack {

  private static final List<Integer> OVER_GRPC =
      List.of(4_000, 8_000, 20_000, 60_000, 200_000, 1_000_000);
  private static final List<Integer> OVER_HTTP = List.of(4_000, 8_000, 20_000, 60_000);
  private static final int MAX_HEADER = 7_000;
  private static final Set<Integer> REFUSALS = Set.of(400, 413, 422, 431, 503);

  @Override
  public String name() {
    return "creates with long fields";
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.GATEWAY_HTTP, Door.GATEWAY_GRPC, Door.GENERATOR_GRPC);
  }

  @Override
  public void strike(Attacker attacker) throws InterruptedException {
    attacker.repeat(
        2,
        () -> {
          if (attacker.door().isGrpc()) {
            createByGrpc(attacker);
          } else {
            createByHttp(attacker);
          }
        });
  }

  private static void createByGrpc(Attacker attacker) throws IOException, InterruptedException {
    byte[] head = Door.call(Creates.PATH).toBytes();
    Http2Connection connection = attacker.http2();
    for (int length : OVER_GRPC) {
      String text = "x".repeat(length);
      for (CreateImageRequest.Builder create :
          List.of(
              Creates.small().setFunction(text),
              Creates.small().setFilename(text),
              Creates.small().setRequestId(text))) {
        attacker.entitled(1); // some lengths are no mistake
        int stream = connection.nextStream();
        connection.send(new Frames().headers(stream, head, Frames.END_HEADERS));
        connection.sendBody(stream, Creates.message(create.build()));
        connection.send(new Frames().data(stream, new byte[0], Frames.END_STREAM));
      }
    }
  }

  private static void createByHttp(Attacker attacker) throws IOException {
    for (int length : OVER_HTTP) {
      String text = "x".repeat(length);
      ask(attacker, "function", "", "{\"spec\": {}, \"function\": \"" + text + "\"}");
      ask(attacker, "filename", "", "{\"spec\": {}, \"filename\": \"" + text + "\"}");
    }
    String key = "x".repeat(MAX_HEADER);
    ask(attacker, "Idempotency-Key", "Idempotency-Key: " + key + "\r\n", Creates.JSON);
  }

  private static void ask(Attacker attacker, String what, String fields, String json)
      throws IOException {
    Socket socket = attacker.connect();
    try {
      Http1.Answer answer = Http1.ask(socket, Creates.post("localhost", fields, json));
      if (!REFUSALS.contains(answer.status())) {
        attacker.breach("a long " + what + " was answered " + answer.status());
      }
    } finally {
      attacker.release(socket);
    }
  }
}
