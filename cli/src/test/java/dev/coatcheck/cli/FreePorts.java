package dev.coatcheck.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports that nothing listens on now. */
final class FreePorts {

  private static final int TRIES = 100;

  private FreePorts() {}

  /** The first of {@code count} free ports in a row. */
  static int inARow(int count) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      int first = free(0);
      boolean all = first + count < 65536;
      for (int n = 1; all && n < count; n++) {
        all = free(first + n) > 0;
      }
      if (all) {
        return first;
      }
    }
    throw new IOException("no " + count + " free ports in a row");
  }

  private static int free(int port) {
    try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      return -1;
    }
  }
}
