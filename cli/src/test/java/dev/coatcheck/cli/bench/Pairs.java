package dev.coatcheck.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Rounds of ours and of a peer in turns, A B A B, after a {@link WarmUp} of each. */
final class Pairs {

  private static final int COUNT = Integer.getInteger("bench.rounds", 7);

  private final List<Round.Result> ours = new ArrayList<>();
  private final List<Round.Result> theirs = new ArrayList<>();

  private Pairs() {}

  static Pairs run(Subject our, Subject their, Round round) throws Exception {
    Pairs pairs = new Pairs();
    WarmUp.of(our, round);
    WarmUp.of(their, round);
    for (int i = 0; i < COUNT; i++) {
      Round.Result one = round.of(our);
      Round.Result other = round.of(their);
      pairs.ours.add(one);
      pairs.theirs.add(other);
      System.err.printf("    %s, %s%n", told(our, one), told(their, other));
    }
    return pairs;
  }

  private static String told(Subject subject, Round.Result result) {
    return String.format(
        "%s %.0f MB/s (%.2f + %.2f CPU-s a GB)",
        subject.name(),
        result.bytesPerSecond() / 1e6,
        result.frontCpuPerGigabyte(),
        result.cpuPerGigabyte() - result.frontCpuPerGigabyte());
  }

  Samples ours(ToDoubleFunction<Round.Result> figure) {
    return samples(ours, figure);
  }

  Samples theirs(ToDoubleFunction<Round.Result> figure) {
    return samples(theirs, figure);
  }

  private static Samples samples(
      List<Round.Result> results, ToDoubleFunction<Round.Result> figure) {
    return Samples.of(results.stream().mapToDouble(figure).toArray());
  }
}
