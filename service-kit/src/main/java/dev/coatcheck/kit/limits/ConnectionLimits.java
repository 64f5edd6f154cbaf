package dev.coatcheck.kit.limits;

import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.util.List;

/**
 * How many connections a port has at once.
 *
 * @param max in all
 * @param maxPerAddress of one IPv4 address, or of one IPv6 network of 64 bits
 * @param exempt whose connections are those of many clients, so that {@code maxPerAddress} is not
 *     for them
 */
public record ConnectionLimits(int max, int maxPerAddress, List<AddressRange> exempt) {

  public ConnectionLimits {
    if (max < 1 || maxPerAddress < 1) {
      throw new IllegalArgumentException(
          "connections: " + max + ", " + maxPerAddress + " (expected: >= 1)");
    }
    exempt = List.copyOf(exempt);
  }

  /**
   * With {@code max} lowered to what the descriptors of the process allow: three quarters of them
   * are for the connections of {@code ports} such ports, the rest for everything else.
   */
  public ConnectionLimits withinDescriptors(int ports) {
    long share = maxDescriptors() / 4 * 3 / ports;
    return new ConnectionLimits((int) Math.max(1, Math.min(max, share)), maxPerAddress, exempt);
  }

  boolean isExempt(InetAddress address) {
    return exempt.stream().anyMatch(range -> range.contains(address));
  }

  private static long maxDescriptors() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }
}
