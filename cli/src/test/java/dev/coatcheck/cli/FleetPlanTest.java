package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class FleetPlanTest {

  @Test
  void givesEachGatewayTheNextPort() {
    var plan = new FleetPlan(2, 3, 8080, 9080);

    assertThat(plan.http(1)).isEqualTo("127.0.0.1:8080");
    assertThat(plan.http(3)).isEqualTo("127.0.0.1:8082");
    assertThat(plan.grpc(2)).isEqualTo("127.0.0.1:9081");
  }

  @Test
  void namesTheOriginsOfItsPages() {
    assertThat(new FleetPlan(1, 2, 8080, 9080).origins())
        .isEqualTo(
            "http://127.0.0.1:8080,http://localhost:8080,"
                + "http://127.0.0.1:8081,http://localhost:8081");
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatThrownBy(() -> new FleetPlan(0, 1, 8080, 9080))
        .hasMessage("--generators: 0 (expected: 1 to 64)");
    assertThatThrownBy(() -> new FleetPlan(1, 65, 8080, 9080))
        .hasMessage("--gateways: 65 (expected: 1 to 64)");
    assertThatThrownBy(() -> new FleetPlan(1, 2, 65535, 9080))
        .hasMessage("--http: 65535 (expected: 1 to 65534)");
    assertThatThrownBy(() -> new FleetPlan(1, 2, 8080, 8081))
        .hasMessage("--grpc: 8081 (expected: 2 ports that are not those from --http 8080 on)");
    assertThatCode(() -> new FleetPlan(1, 2, 8080, 8082)).doesNotThrowAnyException();
  }

  @Test
  void namesThePortThatIsTaken() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int grpc = taken.getLocalPort();
      int http = grpc > 2000 ? grpc - 1000 : grpc + 1000;

      assertThatThrownBy(() -> new FleetPlan(1, 1, http, grpc).requireFreePorts())
          .isInstanceOf(Failure.class)
          .hasMessageContaining("port " + grpc + " cannot be used")
          .hasMessageContaining("choose another by --grpc");
    }
  }

  @Test
  void tellsGatewaysOfAllGenerators() {
    assertThat(FleetPlan.generatorsAt(List.of("127.0.0.1:1", "127.0.0.1:2")))
        .isEqualTo("static:///127.0.0.1:1,127.0.0.1:2");
  }
}
