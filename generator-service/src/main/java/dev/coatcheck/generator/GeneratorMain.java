package dev.coatcheck.generator;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The generator's process: reads the settings, starts, says where it is, waits, drains. */
public final class GeneratorMain {

  /** Warns, at length, of every reader that goes away in the middle. Held, or forgotten. */
  private static final Logger GRPC =
      Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler");

  private GeneratorMain() {}

  public static void main(String[] args) throws InterruptedException {
    GRPC.setLevel(Level.SEVERE);
    GeneratorServer generator;
    try {
      generator = GeneratorServer.start(GeneratorConfig.from(System.getenv()));
    } catch (IllegalArgumentException | IOException e) {
      System.err.println("generator: " + e.getMessage());
      System.exit(2);
      return;
    }
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    generator.drain();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  generator.close();
                  stopped.countDown();
                },
                "drain"));
    System.out.printf(
        "generator pid=%d grpc=%s management=%s%n",
        ProcessHandle.current().pid(), generator.address(), generator.management());
    stopped.await();
  }
}
