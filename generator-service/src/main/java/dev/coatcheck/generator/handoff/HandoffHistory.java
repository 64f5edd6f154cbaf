package dev.coatcheck.generator.handoff;

import dev.coatcheck.generator.image.Image;
import dev.coatcheck.generator.image.Pickup;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How transfers to this generator ended, so that a late or repeated message of one is answered as
 * the first was, and a late copy is refused.
 *
 * <p>Bounded: of each owner the last {@value #MAX_PER_OWNER} are remembered. Owners count their
 * transfers, so what is forgotten is known by its number, and is neither taken again nor given any
 * word on; its owner goes on asking, which is safe. Of owners, {@value #MAX_OWNERS} are remembered.
 *
 * <p><b>Threading:</b> guarded by {@link IncomingHandoffs}.
 */
final class HandoffHistory {

  /** How one ended. */
  sealed interface Ending {
    /** Nothing is known: it may begin. */
    record None() implements Ending {}

    /** There is no copy here, and there will be none. */
    record Aborted() implements Ending {}

    /** It was stored, and had that pickup when it came. */
    record Stored(Image image, Pickup arrived) implements Ending {}

    /** It was stored, and stays here: something has happened to it since. */
    record Kept() implements Ending {}

    /** It is too long ago. */
    record Forgotten() implements Ending {}
  }

  private static final int MAX_OWNERS = 1000;
  private static final int MAX_PER_OWNER = 10_000;

  private static final class Owner {
    private final Map<Long, Ending> endings = new LinkedHashMap<>();
    private long forgottenUpTo;
  }

  // state
  private final Map<Long, Owner> owners = new LinkedHashMap<>();

  Ending find(HandoffId transfer) {
    @Nullable Owner owner = owners.get(transfer.owner());
    if (owner == null) {
      return new Ending.None();
    }
    Ending ending = owner.endings.get(transfer.number());
    if (ending != null) {
      return ending;
    }
    return transfer.number() <= owner.forgottenUpTo ? new Ending.Forgotten() : new Ending.None();
  }

  /** Takes the place of what was known before. */
  void put(HandoffId transfer, Ending ending) {
    Owner owner = owners.computeIfAbsent(transfer.owner(), _ -> new Owner());
    owner.endings.put(transfer.number(), ending);
    if (owner.endings.size() > MAX_PER_OWNER) {
      owner.forgottenUpTo = Math.max(owner.forgottenUpTo, dropFirst(owner.endings));
    }
    if (owners.size() > MAX_OWNERS) {
      var _ = dropFirst(owners);
    }
  }

  private static long dropFirst(Map<Long, ?> map) {
    Iterator<Long> oldest = map.keySet().iterator();
    long key = oldest.next();
    oldest.remove();
    return key;
  }
}
