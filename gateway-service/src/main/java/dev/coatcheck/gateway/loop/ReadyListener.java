package dev.coatcheck.gateway.loop;

/** Who has a channel selected. Called on the {@link Loop}'s thread. */
public interface ReadyListener {

  /** Something may be done that the key has interest in. */
  void ready();

  /** The channel is not selected any more, because of the loop. */
  void over();
}
