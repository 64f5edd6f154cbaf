package dev.coatcheck.generator.image;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The tombstones, oldest first, bounded in number and in age.
 *
 * <p><b>Threading:</b> any thread.
 */
final class Tombstones {

  private final int most;
  private final Duration rememberFor;
  private final Map<ImageId, Tombstone> byId = new LinkedHashMap<>(); // guarded by itself

  Tombstones(int most, Duration rememberFor) {
    this.most = most;
    this.rememberFor = rememberFor;
  }

  void add(ImageId id, Tombstone tombstone) {
    synchronized (byId) {
      byId.put(id, tombstone);
      if (byId.size() > most) {
        Iterator<ImageId> oldest = byId.keySet().iterator();
        oldest.next();
        oldest.remove();
      }
    }
  }

  Optional<Tombstone> find(ImageId id) {
    synchronized (byId) {
      return Optional.ofNullable(byId.get(id));
    }
  }

  /** A copy of all, oldest first. */
  Map<ImageId, Tombstone> all() {
    synchronized (byId) {
      return new LinkedHashMap<>(byId);
    }
  }

  void forgetOld(Timekeeper time) {
    synchronized (byId) {
      byId.values().removeIf(tombstone -> time.passed(tombstone.sinceNanos(), rememberFor));
    }
  }
}
