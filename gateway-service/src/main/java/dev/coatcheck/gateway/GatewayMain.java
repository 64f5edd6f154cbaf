package dev.coatcheck.gateway;

import dev.coatcheck.kit.start.StartFailure;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The gateway's process: settings, start, addresses, wait for a signal, finish, end. */
public final class GatewayMain {

  private static final Duration GRACE = Duration.ofSeconds(30);
  private static final int BAD_SETTINGS = 2;
  private static final int CANNOT_START = 1;

  /**
   * Warns at every attempt to reach a generator that is gone; we say so once. Held, or forgotten.
   */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  private GatewayMain() {}

  public static void main(String[] args) throws Exception {
    Locale.setDefault(Locale.ROOT); // digits that are ASCII, whoever starts this
    GatewayConfig config;
    try {
      config = GatewayConfig.fromEnvironment(System.getenv());
    } catch (GatewayConfig.Invalid invalid) {
      invalid.errors().forEach(System.err::println);
      System.exit(BAD_SETTINGS);
      return;
    }
    if (Boolean.getBoolean("coatcheck.check")) {
      return; // the settings are good, which is all that was asked
    }
    GRPC.setLevel(Level.SEVERE);
    GatewayServer server;
    try {
      server = GatewayServer.start(config);
    } catch (Exception e) {
      System.err.println("gateway: " + StartFailure.message(e));
      System.exit(CANNOT_START);
      return;
    }
    RelayBean.register(server::relayStats);
    System.out.println("gateway pid=" + ProcessHandle.current().pid() + " " + server.addresses());

    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    server.close(GRACE);
                  } catch (Exception e) {
                    System.err.println("the gateway did not end cleanly: " + e);
                  } finally {
                    // A signal would otherwise be the exit status; this one was obeyed.
                    Runtime.getRuntime().halt(0);
                  }
                },
                "drain"));
    new CountDownLatch(1).await(); // the hook ends the process
  }
}
