package dev.coatcheck.cli.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a subject does before it is measured: rounds, until the compilers of its JVMs have had
 * little to do in some of them one after the other. A service runs for days, and they work in its
 * first minutes; with two cores they take half of them.
 */
final class WarmUp {

  private static final int CALM_ROUNDS = 3;
  private static final int MAX_ROUNDS = Integer.getInteger("bench.warmUp", 60);

  private static final int TOLD_EVERY = 10;

  /** Of the CPU time that the round took. */
  private static final double LITTLE = 0.05;

  private WarmUp() {}

  static void of(Subject subject, Round round) throws Exception {
    List<Jvm> jvms = new ArrayList<>();
    try {
      for (long pid : subject.jvms()) {
        jvms.add(Jvm.attach(pid));
      }
      double share = 1;
      int rounds = 0;
      int calm = 0;
      while (rounds < MAX_ROUNDS && calm < CALM_ROUNDS) {
        List<String> stock = round.stock(subject);
        double before = compilingSeconds(jvms);
        Round.Result result = round.of(subject, stock);
        share = (compilingSeconds(jvms) - before) / result.cpuSeconds();
        rounds++;
        calm = share < LITTLE ? calm + 1 : 0;
        if (rounds % TOLD_EVERY == 0) {
          tell(subject, "warming up, %d rounds", rounds, share);
        }
      }
      tell(subject, "warm after %d rounds", rounds, share);
    } finally {
      for (Jvm jvm : jvms) {
        jvm.close();
      }
    }
  }

  private static void tell(Subject subject, String how, int rounds, double share) {
    System.err.printf(
        "    %s: %s, compilers %.0f %%%n", subject.name(), how.formatted(rounds), 100 * share);
  }

  private static double compilingSeconds(List<Jvm> jvms) throws IOException {
    return jvms.stream().mapToDouble(Jvm::compilingSeconds).sum();
  }
}
