package dev.coatcheck.cli;

import java.io.PrintWriter;

/** Writes to a stream that several threads share, and at once. */
final class Printer {

  private final PrintWriter to;

  Printer(PrintWriter to) {
    this.to = to;
  }

  /** One line. */
  void line(String line) {
    synchronized (to) {
      to.println(line);
      to.flush();
    }
  }

  /** Something that is not a line. */
  void text(String text) {
    synchronized (to) {
      to.print(text);
      to.flush();
    }
  }
}
