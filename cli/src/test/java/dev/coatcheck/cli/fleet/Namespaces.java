package dev.coatcheck.cli.fleet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Network namespaces, one for each process, all on one bridge that is in a namespace too; this test
 * has a link to it. Whoever is parted from the others is so by its own packet filter.
 *
 * <p>Their names tell whose they are, so that those of a test that was killed are removed by the
 * next one.
 */
final class Namespaces implements Network {

  private static final String PREFIX = "cc-";
  private static final int LARGEST = 200;

  private static final AtomicInteger made = new AtomicInteger();

  private final String own = ProcessHandle.current().pid() + "-" + made.incrementAndGet();
  private final String prefix = PREFIX + own + "-";
  private final String hub = prefix + "hub";
  private final String link = "cc" + own;
  private final String subnet;
  private final Map<String, String> spaces = new HashMap<>();

  /** Nobody is parted from it: a function that cannot be reached is another matter. */
  private volatile String lambda = "";

  private Namespaces(String subnet) {
    this.subnet = subnet;
  }

  /** True when this user may make them here. */
  static boolean areAllowed() throws InterruptedException {
    String probe = PREFIX + ProcessHandle.current().pid() + "-probe";
    boolean allowed =
        Command.succeeds("ip netns add " + probe)
            && Command.succeeds("nsenter --net=/run/netns/" + probe + " iptables -L -n")
            && Command.succeeds("ip -n " + probe + " link add br0 type bridge");
    boolean _ = Command.succeeds("ip netns del " + probe);
    return allowed;
  }

  static Namespaces open() throws IOException, InterruptedException {
    removeThoseOfTheDead();
    Namespaces opened = new Namespaces(freeSubnet());
    Runtime.getRuntime().addShutdownHook(new Thread(opened::close));
    String hub = opened.hub;
    String link = opened.link;
    Command.run("ip netns add " + hub);
    Command.run("ip -n " + hub + " link add br0 type bridge");
    Command.run("ip -n " + hub + " link set br0 up");
    Command.run("ip link add " + link + " type veth peer name test netns " + hub);
    Command.run("ip -n " + hub + " link set test master br0 up");
    Command.run("ip addr add " + opened.subnet + ".1/24 dev " + link);
    Command.run("ip link set " + link + " up");
    return opened;
  }

  private static void removeThoseOfTheDead() throws IOException, InterruptedException {
    for (String line : Command.run("ip netns list").lines().toList()) {
      String name = line.split(" ", 2)[0];
      if (name.matches(PREFIX + "[0-9]+-.*")
          && ProcessHandle.of(Long.parseLong(name.split("-", 3)[1])).isEmpty()) {
        boolean _ = Command.succeeds("ip netns del " + name);
      }
    }
  }

  private static String freeSubnet() throws IOException, InterruptedException {
    String taken = Command.run("ip -o -4 route") + Command.run("ip -o -4 addr");
    Random random = new Random();
    while (true) {
      String subnet = "10.%d.%d".formatted(random.nextInt(64, 250), random.nextInt(250));
      if (!taken.contains(subnet + ".")) {
        return subnet;
      }
    }
  }

  @Override
  public synchronized String attach(String process) throws IOException, InterruptedException {
    String known = spaces.get(process);
    if (known != null) {
      throw new IllegalArgumentException(process + " has an address");
    }
    int number = spaces.size() + 2;
    if (number > LARGEST) {
      throw new IOException("too many processes");
    }
    String space = prefix + process.replace(' ', '-');
    spaces.put(process, space);
    String address = subnet + "." + number;
    if (process.equals("lambda")) {
      lambda = address;
    }
    Command.run("ip netns add " + space);
    Command.run(
        "ip link add eth0 netns %s type veth peer name p%d netns %s".formatted(space, number, hub));
    Command.run("ip -n %s link set p%d master br0 up".formatted(hub, number));
    Command.run("ip -n %s addr add %s/24 dev eth0".formatted(space, address));
    Command.run("ip -n " + space + " link set eth0 up");
    Command.run("ip -n " + space + " link set lo up");
    return address;
  }

  private synchronized String space(String process) {
    return Objects.requireNonNull(spaces.get(process), process);
  }

  @Override
  public List<String> within(String process) {
    return List.of("nsenter", "--net=/run/netns/" + space(process));
  }

  @Override
  public boolean isPrivate() {
    return true;
  }

  @Override
  public int portBehind(String address, int port) {
    return port;
  }

  @Override
  public void cut(String process, Cut which) throws IOException, InterruptedException {
    if (which != Cut.FROM_IT) {
      filter(process, "-A INPUT -i eth0 ! -s " + lambda + " -j DROP");
    }
    if (which != Cut.TO_IT) {
      filter(process, "-A OUTPUT -o eth0 ! -d " + lambda + " -j DROP");
    }
  }

  @Override
  public void heal(String process) throws IOException, InterruptedException {
    filter(process, "-F");
  }

  private void filter(String process, String rule) throws IOException, InterruptedException {
    Command.run("nsenter --net=/run/netns/" + space(process) + " iptables -w " + rule);
  }

  /** Removes them; processes that live there lose their network. */
  @Override
  public synchronized void close() {
    List<String> all = new ArrayList<>(spaces.values());
    all.add(hub);
    try {
      for (String space : all) {
        boolean _ = Command.succeeds("ip netns del " + space);
      }
      boolean _ = Command.succeeds("ip link del " + link);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    spaces.clear();
  }

  @Override
  public String toString() {
    return "network namespaces, in " + subnet + ".0/24";
  }
}
