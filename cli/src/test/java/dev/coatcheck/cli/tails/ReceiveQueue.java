package dev.coatcheck.cli.tails;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the kernel has received over TCP where a process lives, and no program has read: what is
 * neither there nor in the file of a client is in its program's own memory, or was never sent.
 */
final class ReceiveQueue {

  /** The columns "st" and "tx_queue:rx_queue" of proc_pid_net(5), in hexadecimal digits. */
  private static final int STATE = 3;

  private static final int QUEUES = 4;
  private static final int HEXADECIMAL = 16;

  /** TCP_LISTEN, whose queue is one of connections. */
  private static final String LISTEN = "0A";

  /** TCP_CLOSE_WAIT, where the end of the stream counts as a byte that is unread. */
  private static final String CLOSE_WAIT = "08";

  private ReceiveQueue() {}

  /** The sum over all connections; 0 when the process has gone. */
  static long bytes(long pid) {
    long sum = 0;
    for (String table : new String[] {"tcp", "tcp6"}) {
      try {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "net", table))) {
          String[] columns = line.strip().split(" +", QUEUES + 2);
          if (columns.length > QUEUES
              && columns[QUEUES].matches("[0-9A-F]+:[0-9A-F]+")
              && !columns[STATE].equals(LISTEN)) {
            long unread = Long.parseLong(columns[QUEUES].split(":", 2)[1], HEXADECIMAL);
            sum += Math.max(0, unread - (columns[STATE].equals(CLOSE_WAIT) ? 1 : 0));
          }
        }
      } catch (IOException e) {
        return sum;
      }
    }
    return sum;
  }
}
