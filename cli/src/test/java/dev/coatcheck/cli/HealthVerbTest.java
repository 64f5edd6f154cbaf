package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code ./coatcheck health URL}, which speaks HTTP and gRPC by itself. */
@Timeout(60)
class HealthVerbTest {

  private static final byte[] LOOPBACK_6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

  /** How it ended, and what it said. */
  private record Said(int exitCode, String error) {}

  @Test
  void succeedsWhileTheGrpcServerServes() throws Exception {
    HealthStatusManager health = new HealthStatusManager();
    Server server = grpc().addService(health.getHealthService()).build().start();
    try {
      String url = "grpc://127.0.0.1:" + server.getPort();
      assertThat(health(url)).isEqualTo(new Said(0, ""));

      health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
      assertThat(health(url)).isEqualTo(new Said(1, "coatcheck: " + url + ": does not serve\n"));

      health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
      assertThat(health(url)).isEqualTo(new Said(0, ""));
    } finally {
      server.shutdownNow().awaitTermination();
    }
  }

  @Test
  void failsWhereNobodyTellsTheHealth() throws Exception {
    Server server = grpc().build().start();
    try {
      assertThat(health("grpc://127.0.0.1:" + server.getPort()))
          .satisfies(said -> assertThat(said.exitCode()).isEqualTo(1))
          .satisfies(said -> assertThat(said.error()).endsWith(": cannot tell its health\n"));
    } finally {
      server.shutdownNow().awaitTermination();
    }
  }

  @Test
  void succeedsWhenTheAnswerIs200() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
    server.createContext(
        "/a/well",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.createContext(
        "/a/ill",
        exchange -> {
          exchange.sendResponseHeaders(503, -1);
          exchange.close();
        });
    server.start();
    try {
      String base = "http://127.0.0.1:" + server.getAddress().getPort();
      assertThat(health(base + "/a/well")).isEqualTo(new Said(0, ""));
      Said ill = health(base + "/a/ill");
      assertThat(ill.exitCode()).isEqualTo(1);
      assertThat(ill.error()).contains("503", "(expected: 200)");
      assertThat(health(base + "/a").exitCode()).isEqualTo(1);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void readsAnAddressOfIpv6() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK_6), 0), 1);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    try {
      assertThat(health("http://[::1]:" + server.getAddress().getPort() + "/"))
          .isEqualTo(new Said(0, ""));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aConnectionAloneIsNoHealth() throws Exception {
    try (ServerSocket hangsUp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            while (!hangsUp.isClosed()) {
              try (Socket caller = hangsUp.accept()) {
                caller.shutdownOutput();
              } catch (IOException e) {
                return;
              }
            }
          });
      int port = hangsUp.getLocalPort();
      assertThat(health("grpc://127.0.0.1:" + port).exitCode()).isEqualTo(1);
      assertThat(health("http://127.0.0.1:" + port + "/").exitCode()).isEqualTo(1);
    }
  }

  /** Nothing is accepted, and the connections wait where the system keeps them. */
  @Test
  void doesNotWaitForEver() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      int port = silent.getLocalPort();
      assertThat(health("grpc://127.0.0.1:" + port).error())
          .endsWith(": no answer of a gRPC server\n");
      assertThat(health("http://127.0.0.1:" + port + "/").error()).endsWith(": no answer\n");
    }
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    int nobody = FreePorts.inARow(1);
    assertThat(health("grpc://127.0.0.1:" + nobody).error()).endsWith(": cannot be reached\n");
    assertThat(health("127.0.0.1:" + nobody))
        .isEqualTo(
            new Said(
                1,
                "coatcheck: health: '127.0.0.1:%d' (expected: http://host:port/path or grpc://host:port)\n"
                    .formatted(nobody)));
  }

  private static ServerBuilder<?> grpc() {
    return Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create());
  }

  private static Said health(String url) throws IOException, InterruptedException {
    Process process = new ProcessBuilder("../coatcheck", "health", url).start();
    String error = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Said(process.waitFor(), error);
  }
}
