package dev.coatcheck.cli.fleet;

import java.io.IOException;
import java.util.List;

/**
 * Where the processes of a fleet live, each with an address of its own, and how they are parted.
 */
public interface Network extends AutoCloseable {

  /** Which of a process's packets are lost. */
  enum Cut {
    /** All. */
    BOTH_WAYS,
    /** Those to it: it is heard, and hears nothing. */
    TO_IT,
    /** Those from it: it hears, and is not heard. */
    FROM_IT
  }

  /**
   * Network namespaces where root allows them, or else, and with {@code
   * -Dcoatcheck.network=loopback}, this machine's loopback.
   */
  static Network open() throws IOException, InterruptedException {
    boolean loopback = System.getProperty("coatcheck.network", "").equals("loopback");
    Network network = loopback || !Namespaces.areAllowed() ? new Loopback() : Namespaces.open();
    System.out.println("a fleet of processes on " + network);
    return network;
  }

  /** Gives a new process an address. */
  String attach(String process) throws IOException, InterruptedException;

  /** The words that run a command where {@code process} lives. */
  List<String> within(String process);

  /** True when nobody but the fleet and this test can reach the processes. */
  boolean isPrivate();

  /** The port to listen at for a process that the others reach at {@code port}. */
  int portBehind(String address, int port) throws IOException;

  /** From now on these packets are lost, but for those of the Lambda, without a word to anybody. */
  void cut(String process, Cut which) throws IOException, InterruptedException;

  /** Everything gets through again. */
  void heal(String process) throws IOException, InterruptedException;

  @Override
  void close() throws IOException;
}
