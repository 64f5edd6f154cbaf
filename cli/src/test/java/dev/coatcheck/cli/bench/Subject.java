package dev.coatcheck.cli.bench;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** Something that hands images over by HTTP: ours, or a peer. */
interface Subject extends AutoCloseable {

  String name();

  /** Where it speaks HTTP. */
  int port();

  /** The processes that browsers talk to. */
  List<Long> front();

  /** The processes behind them, which hold the bytes; empty if those are the same. */
  List<Long> back();

  /** Those of its processes that compile what they run. */
  default List<Long> jvms() {
    return Stream.concat(front().stream(), back().stream()).toList();
  }

  /**
   * Puts images there, each of what {@link Content} gives for its size.
   *
   * @return the path of each, to be got once
   */
  List<String> stock(int images, int sizeBytes) throws Exception;

  @Override
  void close() throws IOException;
}
