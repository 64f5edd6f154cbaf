package dev.coatcheck.gateway;

import dev.coatcheck.gateway.relay.RelayStats;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.StandardMBean;

/** Tells {@link RelayStats} as they are when it is asked. */
final class RelayBean implements RelayMXBean {

  private static final String NAME = "dev.coatcheck:type=Relay";

  private final Supplier<RelayStats> stats;

  private RelayBean(Supplier<RelayStats> stats) {
    this.stats = stats;
  }

  /** Makes them known in this process, once. */
  static void register(Supplier<RelayStats> stats) throws JMException {
    ManagementFactory.getPlatformMBeanServer()
        .registerMBean(
            new StandardMBean(new RelayBean(stats), RelayMXBean.class, true), new ObjectName(NAME));
  }

  @Override
  public long getOpenChunks() {
    return stats.get().openChunks();
  }

  @Override
  public long getCopiedMessages() {
    return stats.get().copiedMessages();
  }

  @Override
  public long getMessages() {
    return stats.get().messages();
  }

  @Override
  public long getUnconfirmedResponses() {
    return stats.get().unconfirmedResponses();
  }
}
