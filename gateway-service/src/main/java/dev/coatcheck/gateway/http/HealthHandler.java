package dev.coatcheck.gateway.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coatcheck.gateway.routing.Fleet;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpStatus;

/** {@code /healthz} (the process lives) and {@code /readyz} (it can take new images). */
final class HealthHandler {

  private final Supplier<Fleet> fleet;
  private final int grpcPort;

  // state, any thread
  private volatile boolean draining;

  /**
   * Tells how things stand.
   *
   * @param grpcPort where this gateway speaks gRPC, for programs that were told of this port alone
   */
  HealthHandler(Supplier<Fleet> fleet, int grpcPort) {
    this.fleet = fleet;
    this.grpcPort = grpcPort;
  }

  void drain() {
    draining = true;
  }

  void alive(Exchange exchange, String none) {
    exchange.sendJson(
        HttpStatus.OK_200, JsonNodeFactory.instance.objectNode().put("status", "alive"));
  }

  void ready(Exchange exchange, String none) {
    Fleet seen = fleet.get();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.putObject("generators").put("known", seen.known()).put("active", seen.active());
    json.put("grpcPort", grpcPort);
    exchange.sendJson(
        draining || seen.active() == 0 ? HttpStatus.SERVICE_UNAVAILABLE_503 : HttpStatus.OK_200,
        json);
  }
}
