package dev.coatcheck.cli.fleet;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Addresses of this machine's loopback, one for each process. Who can be parted from the others is
 * reached through a {@link Relay} that goes silent.
 */
final class Loopback implements Network {

  private static final int LISTENING = 3;
  private static final int NETWORKS = 250;
  private static final AtomicInteger made = new AtomicInteger();

  private final int network =
      Math.floorMod((int) ProcessHandle.current().pid() + made.incrementAndGet(), NETWORKS);

  private final Map<String, String> addresses = new HashMap<>();
  private final Map<String, Relay> relays = new HashMap<>();

  @Override
  public synchronized String attach(String process) {
    String address = "127.77.%d.%d".formatted(network, addresses.size() + 2);
    addresses.put(process, address);
    return address;
  }

  @Override
  public List<String> within(String process) {
    return List.of();
  }

  @Override
  public boolean isPrivate() {
    return false;
  }

  @Override
  public synchronized int portBehind(String address, int port) throws IOException {
    relays.put(address, Relay.open(address, port, port + LISTENING));
    return port + LISTENING;
  }

  @Override
  public void cut(String process, Cut which) {
    relay(process).silence(which != Cut.FROM_IT, which != Cut.TO_IT);
  }

  @Override
  public void heal(String process) {
    relay(process).silence(false, false);
  }

  private synchronized Relay relay(String process) {
    Relay relay = relays.get(addresses.get(process));
    if (relay == null) {
      throw new IllegalArgumentException(process + " cannot be parted here");
    }
    return relay;
  }

  @Override
  public synchronized void close() throws IOException {
    for (Relay relay : relays.values()) {
      relay.close();
    }
  }

  @Override
  public String toString() {
    return "this machine's loopback, in 127.77." + network + ".0/24";
  }
}
