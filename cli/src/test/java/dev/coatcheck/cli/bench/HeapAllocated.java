package dev.coatcheck.cli.bench;

import dev.coatcheck.cli.bench.Row.Bound;
import java.util.List;
import java.util.Map;

/**
 * What the gateway allocates in its heap for each GB that passes, and what the plain way's does.
 */
final class HeapAllocated implements Benchmark {

  private static final int SIZE_BYTES = 16 << 20;
  private static final int IMAGES = 32;
  private static final int CONNECTIONS = 4;
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 7);

  @Override
  public void run(Report report) throws Exception {
    Samples our = new Samples();
    Samples their = new Samples();
    try (Coatcheck ours = Coatcheck.start(Map.of("COATCHECK_MEMORY", "1280MiB"));
        JavaPeer plain = JavaPeer.plain();
        Jvm gateway = Jvm.attach(ours.front().getFirst());
        Jvm plainGateway = Jvm.attach(plain.front().getFirst())) {
      Round round = new Round(IMAGES, SIZE_BYTES, CONNECTIONS);
      WarmUp.of(ours, round);
      WarmUp.of(plain, round);
      for (int i = 0; i < ROUNDS; i++) {
        double one = allocatedPerGigabyte(gateway, ours, round);
        double other = allocatedPerGigabyte(plainGateway, plain, round);
        our.add(one / 1e6);
        their.add(other / 1e6);
      }
      String what = "gateway's heap allocated a GB, 16 MiB, 4 connections";
      report.add(Row.alone(what, "MB", our, Bound.atMost(100, 20)));
      report.add(Row.against(plain.name(), what, "MB", our, their, Bound.atMost(0.1, 0.1)));
    }
  }

  private static double allocatedPerGigabyte(Jvm gateway, Subject subject, Round round)
      throws Exception {
    List<String> stock = round.stock(subject);
    long before = gateway.allocatedBytes();
    long bytes = round.of(subject, stock).bytes();
    return (gateway.allocatedBytes() - before) / (double) bytes * 1e9;
  }
}
