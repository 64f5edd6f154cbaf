package dev.coatcheck.gateway.routing;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Consistent hashing: an id belongs to the generator whose point on the ring comes next. So every
 * gateway finds the same one, whoever comes or goes changes nothing for the ids of the others, and
 * among a thousand it is found as soon as among two. Rendezvous hashing promises the same, but asks
 * each of them what it bids.
 *
 * @see <a href="https://doi.org/10.1145/258533.258660">Karger et al., Consistent Hashing and Random
 *     Trees</a>
 */
final class HashRing {

  /** A ring without generators. */
  static final HashRing EMPTY = new HashRing(List.of(), new long[0], List.of());

  private record Point(long at, GeneratorClient owner) {}

  private final List<Fleet.Member> members;
  private final long[] points; // in order
  private final List<GeneratorClient> owners; // of each

  private HashRing(List<Fleet.Member> members, long[] points, List<GeneratorClient> owners) {
    this.members = members;
    this.points = points;
    this.owners = owners;
  }

  /** The ring of {@code now}; the points are found anew only if that is not who is here. */
  @SuppressWarnings("ReferenceEquality") // of a snapshot's list, so that nothing is compared
  HashRing of(List<Fleet.Member> now) {
    if (now == members) {
      return this;
    }
    if (clients(now).equals(clients(members))) {
      return new HashRing(now, points, owners); // there was news of them
    }
    List<Point> all =
        now.stream()
            .map(Fleet.Member::client)
            .flatMap(client ->
                Arrays.stream(RingPoints.ofGenerator(client.address()))
                    .mapToObj(at -> new Point(at, client)))
            .sorted(Comparator.comparingLong(Point::at))
            .toList();
    return new HashRing(
        now, all.stream().mapToLong(Point::at).toArray(), all.stream().map(Point::owner).toList());
  }

  private static List<GeneratorClient> clients(List<Fleet.Member> members) {
    return members.stream().map(Fleet.Member::client).toList();
  }

  /** Whose {@code id} is; there are generators. */
  GeneratorClient ownerOf(String id) {
    int found = Arrays.binarySearch(points, RingPoints.ofId(id));
    int next = found >= 0 ? found : -found - 1;
    return owners.get(next == points.length ? 0 : next);
  }
}
