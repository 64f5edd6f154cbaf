package dev.coatcheck.cli.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A peer of Java: one process, or one behind another. */
final class JavaPeer implements Subject {

  private static final List<String> FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  private final String name;
  private final List<Child> behind;
  private final Child front;
  private final Set<String> stocked = new HashSet<>();

  private JavaPeer(String name, List<Child> behind, Child front) {
    this.name = name;
    this.behind = behind;
    this.front = front;
  }

  /** Generated stubs and copies, in two processes; heaps as they need. */
  static JavaPeer plain() throws IOException {
    Child generator = Child.java(PlainGenerator.class, flags("-Xmx3g"));
    Child gateway =
        Child.java(PlainGateway.class, flags("-Xmx1g"), Long.toString(generator.number("port=")));
    return new JavaPeer("plain grpc-java", List.of(generator), gateway);
  }

  /** A map in one process. */
  static JavaPeer map() throws IOException {
    return new JavaPeer(
        "map in one server", List.of(), Child.java(MapServer.class, flags("-Xmx3g")));
  }

  private static List<String> flags(String heap) {
    List<String> flags = new ArrayList<>(FLAGS);
    flags.add(heap);
    return flags;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int port() {
    return Math.toIntExact(front.number("port="));
  }

  @Override
  public List<Long> front() {
    return List.of(front.pid());
  }

  @Override
  public List<Long> back() {
    return behind.stream().map(Child::pid).toList();
  }

  /** Has each made by asking for it once. */
  @Override
  public List<String> stock(int images, int sizeBytes) throws IOException {
    List<String> paths = new ArrayList<>();
    ByteBuffer unused = ByteBuffer.allocateDirect(sizeBytes);
    try (HttpConnection connection = new HttpConnection(port())) {
      for (int i = 0; i < images; i++) {
        String path = "/" + sizeBytes + "-" + i;
        if (stocked.add(path)) {
          connection.get(path, unused);
        }
        paths.add(path);
      }
    }
    return paths;
  }

  @Override
  public void close() {
    front.close();
    behind.forEach(Child::close);
  }
}
