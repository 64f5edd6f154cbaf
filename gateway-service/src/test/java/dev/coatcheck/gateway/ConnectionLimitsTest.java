package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.gateway.http.HttpLimits;
import dev.coatcheck.kit.grpc.GrpcPortLimits;
import dev.coatcheck.kit.limits.AddressRange;
import dev.coatcheck.kit.limits.ConnectionLimits;
import dev.coatcheck.kit.limits.PortSettings;
import dev.coatcheck.kit.limits.Refusal;
import dev.coatcheck.kit.limits.RefusalCounters;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many connections either port takes, in all and from one address, and how long they wait. */
final class ConnectionLimitsTest extends GatewayTest {

  private static final int MAX = 6;
  private static final int MAX_PER_ADDRESS = 2;
  private static final String PROXY = "127.0.0.9";
  private static final PortSettings SETTINGS =
      new PortSettings(
          MAX,
          MAX_PER_ADDRESS,
          List.of(AddressRange.parse(PROXY)),
          100,
          1000,
          Duration.ofSeconds(15),
          512);

  private final List<RawConnection> connections = new ArrayList<>();

  /** A port that anybody may reach. */
  enum Port {
    HTTP,
    GRPC
  }

  @Override
  HttpLimits httpLimits() {
    return HttpLimits.of(SETTINGS, 3, Duration.ofMillis(300), Duration.ofSeconds(75), 1024);
  }

  @Override
  GrpcPortLimits grpcLimits() {
    return GrpcPortLimits.ofPublicPort(SETTINGS, 3, stallTimeout());
  }

  @AfterEach
  void closeAll() throws IOException {
    for (RawConnection connection : connections) {
      connection.close();
    }
  }

  private RefusalCounters refusals(Port port) {
    return port == Port.HTTP ? gateway.httpRefusals() : gateway.grpcRefusals();
  }

  /** Begins HTTP/2, which either port answers by its settings. */
  private RawConnection connect(Port port, String from) throws IOException {
    var connection =
        new RawConnection(
            port == Port.HTTP ? gateway.httpPort() : gateway.grpcPort(), 64 << 10, from);
    connections.add(connection);
    try {
      connection.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
    } catch (IOException refused) {
      // which is seen when the answer is read
    }
    return connection;
  }

  private static boolean isServed(RawConnection connection) {
    try {
      return connection.read(1).length == 1;
    } catch (IOException reset) {
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectionsOfOneAddressAreLimitedAndThoseOfATrustedProxyAreNot(Port port) throws Exception {
    for (int i = 0; i < MAX_PER_ADDRESS; i++) {
      assertThat(isServed(connect(port, "127.0.0.2"))).isTrue();
    }
    assertThat(isServed(connect(port, "127.0.0.2"))).isFalse();
    assertThat(isServed(connect(port, "127.0.0.3"))).isTrue();
    for (int i = 0; i <= MAX_PER_ADDRESS; i++) {
      assertThat(isServed(connect(port, PROXY))).isTrue();
    }
    assertThat(refusals(port).total(Refusal.ADDRESS_LIMIT)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void connectionsInAllAreLimitedAndOneThatEndsMakesRoom(Port port) throws Exception {
    for (int i = 0; i < MAX; i++) {
      assertThat(isServed(connect(port, PROXY))).isTrue();
    }
    assertThat(isServed(connect(port, "127.0.0.4"))).isFalse();
    assertThat(refusals(port).total(Refusal.CONNECTION_LIMIT)).isEqualTo(1);

    connections.getFirst().close();

    await().atMost(PATIENCE).until(() -> isServed(connect(port, "127.0.0.4")));
  }

  @Test
  void connectionsLeaveDescriptorsForEverythingElse() {
    ConnectionLimits many = new ConnectionLimits(Integer.MAX_VALUE, 1, List.of());

    assertThat(many.withinDescriptors(3).max()).isLessThan(Integer.MAX_VALUE).isPositive();
  }

  /** Byte by byte, so that it is never idle. */
  @Test
  void headThatIsNotCompleteInTimeEndsItsConnection() throws Exception {
    try (var slow = new RawConnection(gateway.httpPort());
        var silent = new RawConnection(gateway.httpPort(), 64 << 10, "127.0.0.3")) {
      slow.send("GET /healthz HTTP/1.1\r\nHost: a\r\nX: ");
      await()
          .atMost(PATIENCE)
          .until(() -> {
            try {
              slow.send("x");
              return false;
            } catch (IOException ended) {
              return true;
            }
          });
      assertThat(silent.readToEnd()).isEmpty();
      assertThat(gateway.httpRefusals().total(Refusal.HEADER_TIMEOUT)).isEqualTo(2);
    }
  }

  /** The time is that of each head, and not of the connection. */
  @Test
  void connectionThatWaitsForItsNextRequestIsNoSlowHead() throws Exception {
    try (var connection = new RawConnection(gateway.httpPort());
        var silent = new RawConnection(gateway.httpPort(), 64 << 10, "127.0.0.3")) {
      connection.get("/healthz");
      assertThat(Answer.read(connection).status()).isEqualTo(200);
      assertThat(silent.readToEnd()).isEmpty(); // whose time is over by now

      connection.get("/healthz");
      assertThat(Answer.read(connection).status()).isEqualTo(200);

      connection.send("GET /healthz HTTP/1.1\r\n");
      assertThat(connection.readToEnd()).isEmpty();
    }
  }
}
