package dev.coatcheck.generator.image;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Those who want to know that an image has changed.
 *
 * <p><b>Threading:</b> any thread. A listener runs on the thread that made the change, so it must
 * not block.
 */
final class ChangeListeners {

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  void add(Runnable listener) {
    listeners.add(listener);
  }

  void remove(Runnable listener) {
    listeners.remove(listener);
  }

  /** Runs each of them. */
  void changed() {
    for (Runnable listener : listeners) {
      listener.run();
    }
  }
}
