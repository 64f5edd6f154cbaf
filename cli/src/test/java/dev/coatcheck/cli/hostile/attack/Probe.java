package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Http1;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Set;

/** A request of HTTP/1.1 that must not be taken for what it looks like. */
final class Probe implements Attack {

  private final String name;
  private final String request;
  private final Set<Integer> right;

  private Probe(String name, String request, Integer... right) {
    this.name = name;
    this.request = request;
    this.right = Set.of(right);
  }

  static List<Attack> all() {
    return List.of(
        new Probe(
            "Upgrade: h2c",
            """
            GET /healthz HTTP/1.1\r
            Host: localhost\r
            Connection: Upgrade, HTTP2-Settings\r
            Upgrade: h2c\r
            HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r
            \r
            """,
            200,
            400),
        new Probe("foreign Host", Creates.post("evil.example", "", Creates.JSON), 421),
        new Probe(
            "two codings",
            """
            POST /v1/images HTTP/1.1\r
            Host: localhost\r
            Content-Type: application/json\r
            Transfer-Encoding: gzip, chunked\r
            \r
            0\r
            \r
            """,
            400,
            501),
        new Probe("path parameter", get("/healthz;x=y"), 400, 404),
        new Probe("dots in the path", get("/page/../healthz"), 400, 404));
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Set<Door> doors() {
    return Set.of(Door.GATEWAY_HTTP);
  }

  @Override
  public void strike(Attacker attacker) throws InterruptedException {
    attacker.repeat(1, () -> ask(attacker));
  }

  private void ask(Attacker attacker) throws IOException {
    Socket socket = attacker.connect();
    try {
      Http1.Answer answer = Http1.ask(socket, request);
      if (!right.contains(answer.status())) {
        attacker.breach(
            "%s was answered %d (expected: one of %s)".formatted(name, answer.status(), right));
      }
    } finally {
      attacker.release(socket);
    }
  }
}
