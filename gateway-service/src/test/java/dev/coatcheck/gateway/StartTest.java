package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.gateway.routing.Discovery;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Starting, and not starting. */
final class StartTest extends GatewayTest {

  private static final HostPort ANY = new HostPort("127.0.0.1", 0);

  @Test
  void everyBoundAddressIsTold() {
    assertThat(gateway.addresses())
        .isEqualTo(
            "http=http://127.0.0.1:%d grpc=127.0.0.1:%d management=127.0.0.1:%d"
                .formatted(gateway.httpPort(), gateway.grpcPort(), gateway.managementPort()));
  }

  @Test
  void portThatIsTakenLeavesNothingOpen() throws Exception {
    HostPort taken = new HostPort("127.0.0.1", gateway.httpPort());
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    HostPort mine = new HostPort("127.0.0.1", free);

    for (var config :
        List.of(config(taken, mine, ANY), config(ANY, taken, mine), config(ANY, mine, taken))) {
      assertThatThrownBy(() -> GatewayServer.start(config)).isInstanceOf(IOException.class);
    }

    try (var again = GatewayServer.start(config(ANY, mine, ANY))) {
      assertThat(again.grpcPort()).isEqualTo(free);
    }
  }

  private GatewayConfig config(HostPort http, HostPort grpc, HostPort management) {
    return new GatewayConfig(
        http,
        grpc,
        new Discovery.Fixed(List.of(generator.address())),
        directory.resolve("keyset"),
        management,
        stallTimeout(),
        corsOrigins(),
        functionUrl(),
        allowedHosts(),
        httpLimits(),
        grpcLimits());
  }
}
