package dev.coatcheck.gateway.loop;

/** Who has a channel selected. Called on the {@link Loop}'s thread. */
public interface ReadinessListener {

  /** Something may be done that the key has interest in. */
  void ready();

  /** The loop gives the channel up, which is to be closed. */
  void over();
}
