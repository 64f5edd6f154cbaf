package dev.coatcheck.generator.image;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The tombstones, oldest first, bounded in number, in age, and in what they keep of callers' and
 * functions' texts: where that would be too much, the oldest lose theirs.
 *
 * <p><b>Threading:</b> any thread.
 */
final class Tombstones {

  /** In all of them: some thousands of the longest messages, and no more than 4 MiB. */
  static final long MAX_TEXT_CHARACTERS = 2 << 20;

  private static final long TEXT_LEFT_CHARACTERS = MAX_TEXT_CHARACTERS * 3 / 4;

  private final int most;
  private final Duration rememberFor;

  // state: guarded by byId
  private final Map<ImageId, Tombstone> byId = new LinkedHashMap<>();
  private long textCharacters;

  Tombstones(int most, Duration rememberFor) {
    this.most = most;
    this.rememberFor = rememberFor;
  }

  void add(ImageId id, Tombstone tombstone) {
    synchronized (byId) {
      Tombstone before = byId.put(id, tombstone);
      textCharacters += tombstone.textCharacters() - (before == null ? 0 : before.textCharacters());
      if (byId.size() > most) {
        Iterator<Tombstone> oldest = byId.values().iterator();
        textCharacters -= oldest.next().textCharacters();
        oldest.remove();
      }
      if (textCharacters > MAX_TEXT_CHARACTERS) {
        forgetText();
      }
    }
  }

  private void forgetText() {
    for (Map.Entry<ImageId, Tombstone> oldest : byId.entrySet()) {
      if (textCharacters <= TEXT_LEFT_CHARACTERS) {
        return;
      }
      int characters = oldest.getValue().textCharacters();
      if (characters > 0) {
        oldest.setValue(oldest.getValue().withoutText());
        textCharacters -= characters;
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

  void forgetOld(Clocks time) {
    synchronized (byId) {
      byId.values()
          .removeIf(tombstone -> {
            boolean old = time.passed(tombstone.sinceNanos(), rememberFor);
            textCharacters -= old ? tombstone.textCharacters() : 0;
            return old;
          });
    }
  }
}
