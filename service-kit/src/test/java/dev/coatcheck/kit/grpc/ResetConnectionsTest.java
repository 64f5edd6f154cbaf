package dev.coatcheck.kit.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.kit.limits.ConnectionLimits;
import io.grpc.Server;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that reset their connections as soon as these are accepted, again and again. */
class ResetConnectionsTest {

  private static final int CONNECTIONS = 2000;
  private static final Duration STALL_TIMEOUT = Duration.ofSeconds(30);

  /** Those of connections that were accepted last, and of nothing else. */
  private static final int FEW = 100;

  /** Well below the ten seconds of gRPC's graceful shutdown. */
  private static final Duration SOON = Duration.ofSeconds(5);

  private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
  private Server server;

  @BeforeEach
  void start() throws IOException {
    var limits =
        new GrpcPortLimits(
            new ConnectionLimits(CONNECTIONS, CONNECTIONS, List.of()),
            10,
            10,
            8 << 10,
            64 << 10,
            16 << 10,
            1 << 20,
            STALL_TIMEOUT,
            false,
            STALL_TIMEOUT,
            STALL_TIMEOUT,
            1000);
    server =
        new LimitedPort(limits, scheduler)
            .serverAt(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .build()
            .start();
  }

  @AfterEach
  void close() {
    server.shutdownNow();
    scheduler.shutdownNow();
  }

  @Test
  void leaveNothingInTheHeap() throws Exception {
    for (int i = 0; i < CONNECTIONS; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort())) {
        socket.setSoLinger(true, 0); // closing it resets the connection
      }
    }

    await().atMost(SOON).untilAsserted(() -> assertThat(connectionsInTheHeap()).isLessThan(FEW));
  }

  /** How many are reachable. */
  private static int connectionsInTheHeap() throws JMException {
    String histogram =
        (String)
            ManagementFactory.getPlatformMBeanServer()
                .invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "gcClassHistogram",
                    new Object[] {null},
                    new String[] {String[].class.getName()});
    Matcher handlers =
        Pattern.compile("(\\d+) +\\d+ +\\S*\\.NettyServerHandler[ \\n]").matcher(histogram);
    return handlers.find() ? Integer.parseInt(handlers.group(1)) : 0;
  }
}
