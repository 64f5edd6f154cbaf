package dev.coatcheck.generator;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How much memory this machine, or this container, has. A budget beyond it would be taken piece by
 * piece until the system kills the process, or another one.
 */
final class MachineMemory {

  private MachineMemory() {}

  /**
   * The settings, if their budget is less than all that there is.
   *
   * @throws IllegalArgumentException if it is not
   */
  static GeneratorConfig checked(GeneratorConfig config) {
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    require(config.memory(), system.getTotalMemorySize());
    return config;
  }

  static void require(long memory, long total) {
    if (memory >= total) {
      throw new IllegalArgumentException(
          "COATCHECK_MEMORY: '%d' (expected: less than the %d bytes that this machine has)"
              .formatted(memory, total));
    }
  }
}
