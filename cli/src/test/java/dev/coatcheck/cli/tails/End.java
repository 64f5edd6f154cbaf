package dev.coatcheck.cli.tails;

/** How a client ends. */
enum End {
  /** By SIGKILL, at any moment. */
  KILLED("killed"),
  /** It loses its network at any moment, and is killed later, of which nobody hears. */
  CUT_OFF("cut off"),
  /** By itself, when it has all. */
  CLEAN("ended cleanly"),
  /** As before, but its process lives on for a while, with its connection if it keeps one. */
  KEPT("lives on");

  final String words;

  End(String words) {
    this.words = words;
  }

  /** True when the client is given the time to receive all. */
  boolean isClean() {
    return this == CLEAN || this == KEPT;
  }
}
