package dev.coatcheck.cli.hostile.corpus;

import dev.coatcheck.cli.FreePorts;
import dev.coatcheck.cli.proxy.ProxyProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A proxy that stands before the gateway and keeps its connections to it, and that counts the
 * requests which it has passed on.
 *
 * <p><b>Lifecycle:</b> a process from its start to {@link #close}.
 */
final class FrontProxy implements AutoCloseable {

  private final ProxyProcess process;
  private final InetSocketAddress address;
  private final Path log;
  private final Predicate<String> passedOn;

  private FrontProxy(
      ProxyProcess process, InetSocketAddress address, Path log, Predicate<String> passedOn) {
    this.process = process;
    this.address = address;
    this.log = log;
    this.passedOn = passedOn;
  }

  /** nginx before what listens at this port. */
  static FrontProxy nginx(Path directory, int backend) throws IOException {
    Path log = Files.createFile(directory.resolve("access.log"));
    InetSocketAddress address = freeAddress();
    Path settings = directory.resolve("nginx.conf");
    Files.writeString(
        settings,
        """
        daemon off;
        worker_processes 1;
        pid %1$s/nginx.pid;
        events {}
        http {
          log_format passed_on '$upstream_status';
          access_log %1$s/access.log passed_on;
          client_body_temp_path %1$s/body;
          proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi;
          scgi_temp_path %1$s/scgi;
          upstream gateway { server 127.0.0.1:%2$d; keepalive 2; }
          server {
            listen 127.0.0.1:%3$d;
            location / {
              proxy_pass http://gateway;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $http_host;
              proxy_next_upstream off;
            }
          }
        }
        """
            .formatted(directory, backend, address.getPort()));
    return start(
        List.of(
            ProxyProcess.binary("nginx"),
            "-e",
            directory + "/error.log",
            "-c",
            settings.toString()),
        address,
        directory.resolve("nginx.out"),
        log,
        line -> !line.equals("-"));
  }

  /**
   * HAProxy before what listens at this port. It gives up a request that does not go on well before
   * the test's client does: of two equal times, either may be over first.
   */
  static FrontProxy haproxy(Path directory, int backend) throws IOException {
    return haproxy(directory, backend, "");
  }

  /** HAProxy, which speaks HTTP/2 to what listens at this port, whatever its clients speak. */
  static FrontProxy haproxyToHttp2(Path directory, int backend) throws IOException {
    return haproxy(directory, backend, " proto h2");
  }

  private static FrontProxy haproxy(Path directory, int backend, String protocol)
      throws IOException {
    InetSocketAddress address = freeAddress();
    Path settings = directory.resolve("haproxy.cfg");
    Files.writeString(
        settings,
        """
        global
          log stdout format raw local0 info
        defaults
          mode http
          log global
          log-format "passed on to %%s"
          timeout connect 5s
          timeout client 2s
          timeout server 5s
          http-reuse always
        frontend all
          bind 127.0.0.1:%d
          default_backend gateway
        backend gateway
          server gateway 127.0.0.1:%d%s
        """
            .formatted(address.getPort(), backend, protocol));
    Path log = directory.resolve("haproxy.out");
    return start(
        List.of(ProxyProcess.binary("haproxy"), "-db", "-f", settings.toString()),
        address,
        log,
        log,
        line -> line.equals("passed on to gateway"));
  }

  private static InetSocketAddress freeAddress() throws IOException {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePorts.inARow(1));
  }

  private static FrontProxy start(
      List<String> command,
      InetSocketAddress address,
      Path out,
      Path log,
      Predicate<String> passedOn)
      throws IOException {
    return new FrontProxy(
        ProxyProcess.start(command, Map.of(), address, out), address, log, passedOn);
  }

  InetSocketAddress address() {
    return address;
  }

  /** How many requests it has passed on so far. */
  int passedOn() throws IOException {
    return (int) Files.readAllLines(log).stream().filter(passedOn).count();
  }

  @Override
  public void close() {
    process.close();
  }
}
