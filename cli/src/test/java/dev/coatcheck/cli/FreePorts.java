package dev.coatcheck.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports that nothing listens on now, and that nothing is given by chance: they lie below those that
 * the kernel gives to whoever asks for any, and each is told once.
 */
public final class FreePorts {

  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;
  private static final int TRIES = 100;

  private static final AtomicInteger next =
      new AtomicInteger(new Random().nextInt(LOWEST, HIGHEST));

  private FreePorts() {}

  /** The first of {@code count} free ports in a row. */
  public static int inARow(int count) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      int first = next.getAndUpdate(port -> port + 2 * count > HIGHEST ? LOWEST : port + count);
      boolean all = true;
      for (int n = 0; all && n < count; n++) {
        all = isFree(first + n);
      }
      if (all) {
        return first;
      }
    }
    throw new IOException("no " + count + " free ports in a row");
  }

  private static boolean isFree(int port) {
    try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
