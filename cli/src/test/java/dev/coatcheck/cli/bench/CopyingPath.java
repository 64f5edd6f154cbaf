package dev.coatcheck.cli.bench;

import dev.coatcheck.cli.bench.Row.Bound;
import java.util.List;
import java.util.Map;

/** The share of messages whose bytes the gateway had to copy, by its own count. */
final class CopyingPath implements Benchmark {

  private static final String RELAY = "dev.coatcheck:type=Relay";
  private static final int SIZE_BYTES = 16 << 20;
  private static final int IMAGES = 32;
  private static final int CONNECTIONS = 4;
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 7);

  @Override
  public void run(Report report) throws Exception {
    Samples shares = new Samples();
    try (Coatcheck ours = Coatcheck.start(Map.of("COATCHECK_MEMORY", "1280MiB"));
        Jvm gateway = Jvm.attach(ours.front().getFirst())) {
      Round round = new Round(IMAGES, SIZE_BYTES, CONNECTIONS);
      for (int i = 0; i < ROUNDS; i++) {
        List<String> stock = round.stock(ours);
        long copied = gateway.number(RELAY, "CopiedMessages");
        long messages = gateway.number(RELAY, "Messages");
        var _ = round.of(ours, stock);
        copied = gateway.number(RELAY, "CopiedMessages") - copied;
        messages = gateway.number(RELAY, "Messages") - messages;
        shares.add(100.0 * copied / messages);
      }
    }
    report.add(
        Row.alone(
            "messages on the copying path, 16 MiB, 4 connections",
            "%",
            shares,
            Bound.atMost(5, 0.5)));
  }
}
