package dev.coatcheck.cli.bench;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * A Java process that runs, asked about itself over JMX. Its agent is started by attaching, so the
 * process needs no flag for it, and talks to this user alone.
 */
final class Jvm implements AutoCloseable {

  private static final int COLLECTIONS = 2; // what a cleaner lets go of goes with the second

  private final JMXConnector connector;
  private final MBeanServerConnection server;
  private final MemoryMXBean memory;
  private final ThreadMXBean threads;
  private final CompilationMXBean compilers;

  private Jvm(JMXConnector connector) throws IOException {
    this.connector = connector;
    this.server = connector.getMBeanServerConnection();
    this.memory = ManagementFactory.getPlatformMXBean(server, MemoryMXBean.class);
    this.threads = ManagementFactory.getPlatformMXBean(server, ThreadMXBean.class);
    this.compilers = ManagementFactory.getPlatformMXBean(server, CompilationMXBean.class);
  }

  @SuppressWarnings("BanJNDI") // the address is that of a process which the bench has started
  static Jvm attach(long pid) throws IOException {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
      try {
        String address = machine.startLocalManagementAgent();
        return new Jvm(JMXConnectorFactory.connect(new JMXServiceURL(address)));
      } finally {
        machine.detach();
      }
    } catch (AttachNotSupportedException e) {
      throw new IOException("process " + pid + " cannot be attached to", e);
    }
  }

  /** How long its compilers have worked. */
  double compilingSeconds() {
    return compilers.getTotalCompilationTime() / 1e3;
  }

  /** What all of its threads have allocated in the heap since it began, with those that ended. */
  long allocatedBytes() {
    return threads.getTotalThreadAllocatedBytes();
  }

  /** What is left in the heap after a full collection. */
  long liveHeapBytes() {
    for (int i = 0; i < COLLECTIONS; i++) {
      memory.gc();
    }
    return memory.getHeapMemoryUsage().getUsed();
  }

  /** An attribute that is a number. */
  long number(String bean, String attribute) throws IOException {
    try {
      return ((Number) server.getAttribute(new ObjectName(bean), attribute)).longValue();
    } catch (JMException e) {
      throw new IOException("no " + attribute + " of " + bean, e);
    }
  }

  @Override
  public void close() throws IOException {
    connector.close();
  }
}
