package dev.coatcheck.cli.tails;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;

/** The clients that this machine has, which take turns. */
final class Clients {

  private final List<Client> weighted = new ArrayList<>();

  private Clients() {}

  /**
   * Those that this machine has.
   *
   * @param names which of them; all if there is none
   * @throws IOException when one is missing where none may be
   */
  static Clients open(Set<String> names) throws IOException, InterruptedException {
    Toolbox.install();
    List<Client> all = new ArrayList<>(HttpClients.ALL);
    all.addAll(RpcClients.ALL);
    Clients clients = new Clients();
    for (Client client : all) {
      if (!names.isEmpty() && !names.contains(client.name())) {
        continue;
      }
      if (Toolbox.succeeds(client.needs())) {
        clients.weighted.addAll(Collections.nCopies(client.weight(), client));
      } else if ("true".equals(System.getenv("CI"))) {
        throw new IOException(client.name() + " is missing: " + client.needs());
      } else {
        System.out.println("left out: " + client.name() + ", for want of " + client.needs());
      }
    }
    return clients;
  }

  /** The client of a round: each as often as it weighs before all begin again, in another order. */
  Client of(int round, long seed) {
    List<Client> order = new ArrayList<>(weighted);
    int turn = round / weighted.size();
    Collections.shuffle(order, new Random(new SplittableRandom(seed + turn).nextLong()));
    return order.get(round % weighted.size());
  }
}
