package dev.coatcheck.generator;

import dev.coatcheck.kit.start.StartFailure;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/** The generator's process: reads the settings, starts, says where it is, waits, drains. */
public final class GeneratorMain {

  private GeneratorMain() {}

  public static void main(String[] args) throws InterruptedException {
    Locale.setDefault(Locale.ROOT); // digits that are ASCII, whoever starts this
    GeneratorServer generator;
    try {
      GeneratorConfig config = GeneratorConfig.from(System.getenv());
      if (Boolean.getBoolean("coatcheck.check")) {
        return; // the settings are good, which is all that was asked
      }
      generator = GeneratorServer.start(MachineMemory.checked(config));
    } catch (IllegalArgumentException | IOException e) {
      System.err.println("generator: " + StartFailure.message(e));
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
