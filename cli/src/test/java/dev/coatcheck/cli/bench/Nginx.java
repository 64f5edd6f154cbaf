package dev.coatcheck.cli.bench;

import dev.coatcheck.cli.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** nginx before nginx: files in memory, behind {@code proxy_pass}. */
final class Nginx implements Subject {

  private static final Path BINARY =
      Stream.of("/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx")
          .map(Path::of)
          .filter(Files::isExecutable)
          .findFirst()
          .orElse(Path.of("nginx"));

  private final Path directory;
  private final Child backend;
  private final Child proxy;
  private final int port;

  private Nginx(Path directory, Child backend, Child proxy, int port) {
    this.directory = directory;
    this.backend = backend;
    this.proxy = proxy;
    this.port = port;
  }

  /** Starts both, with what {@code proxySettings} adds to the proxy's location. */
  static Nginx start(String proxySettings) throws IOException {
    if (!Files.isExecutable(BINARY)) {
      throw new IOException("no nginx here (expected: Debian's package: apt-get install nginx)");
    }
    Path memory = Path.of("/dev/shm");
    Path directory =
        Files.isDirectory(memory)
            ? Files.createTempDirectory(memory, "coatcheck-bench-")
            : Files.createTempDirectory("coatcheck-bench-");
    int backendPort = FreePorts.inARow(1);
    int port = FreePorts.inARow(1);
    Child backend =
        run(
            directory,
            "backend",
            """
            open_file_cache max=4096;
            server { listen 127.0.0.1:%d reuseport; root %s; }
            """
                .formatted(backendPort, directory),
            backendPort);
    Child proxy =
        run(
            directory,
            "proxy",
            """
            upstream backend { server 127.0.0.1:%d; keepalive 128; keepalive_requests 1000000; }
            server {
              listen 127.0.0.1:%d reuseport;
              location / {
                proxy_pass http://backend;
                proxy_http_version 1.1;
                proxy_set_header Connection "";
                %s
              }
            }
            """
                .formatted(backendPort, port, proxySettings),
            port);
    return new Nginx(directory, backend, proxy, port);
  }

  private static Child run(Path directory, String name, String server, int port)
      throws IOException {
    Path file = directory.resolve(name + ".conf");
    Files.writeString(file, conf(directory.resolve(name), server));
    String command =
        "%s -c %s -p %s & ".formatted(BINARY, file, directory)
            + "until (exec 3<>/dev/tcp/127.0.0.1/%d) 2>/dev/null; do kill -0 $! && sleep 0.05 || exit; done;"
                .formatted(port)
            + " echo pid=$!; echo ready; trap 'kill $!; wait $!' TERM; wait";
    return Child.start(List.of("bash", "-c", command), Map.of(), "ready"::equals);
  }

  private static String conf(Path path, String server) {
    return """
    daemon off;
    user %3$s;
    worker_processes 2;
    pid %1$s.pid;
    error_log stderr crit;
    events { worker_connections 4096; }
    http {
      access_log off;
      sendfile on;
      tcp_nopush on;
      tcp_nodelay on;
      keepalive_requests 1000000;
      client_body_temp_path %1$s-body;
      proxy_temp_path %1$s-proxy;
      fastcgi_temp_path %1$s-fastcgi;
      uwsgi_temp_path %1$s-uwsgi;
      scgi_temp_path %1$s-scgi;
      %2$s
    }
    """
        .formatted(path, server, userAndGroup());
  }

  /** Whose the files are; to anybody but root, nginx says that it takes no notice. */
  private static String userAndGroup() {
    String user = System.getProperty("user.name");
    return user.equals("root") ? "root root" : user;
  }

  @Override
  public String name() {
    return "nginx";
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public List<Long> front() {
    return workers(proxy);
  }

  @Override
  public List<Long> back() {
    return workers(backend);
  }

  private static List<Long> workers(Child nginx) {
    return ProcessHandle.of(nginx.number("pid="))
        .orElseThrow()
        .children()
        .map(ProcessHandle::pid)
        .toList();
  }

  @Override
  public List<Long> jvms() {
    return List.of();
  }

  @Override
  public List<String> stock(int images, int sizeBytes) throws IOException {
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      String name = sizeBytes + "-" + i + ".png";
      Path file = directory.resolve(name);
      if (!Files.exists(file)) {
        Files.write(file, Content.of(sizeBytes));
      }
      paths.add("/" + name);
    }
    return paths;
  }

  @Override
  public void close() throws IOException {
    proxy.close();
    backend.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
