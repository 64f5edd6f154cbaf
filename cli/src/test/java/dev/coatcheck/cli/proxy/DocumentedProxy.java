package dev.coatcheck.cli.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The proxies of {@code docs/behind-a-proxy.md}, each with the settings that stand there. */
public enum DocumentedProxy {
  NGINX("nginx", "listen 80", "listen %s", ":"),
  HAPROXY("haproxy", "bind :80", "bind %s", ":"),
  CADDY("caddy", ":80 {", "http://%s {", ":"),
  NGHTTPX("nghttpx", "frontend=*,80", "frontend=%s", ",");

  private static final Path PAGE = Path.of("..", "docs", "behind-a-proxy.md");

  /** Its program, and the language of its settings on the page. */
  private final String program;

  /** What the page says of where it listens, and what is to stand there instead. */
  private final String documentedListen;

  private final String listen;

  /** Stands between a host and a port. */
  private final String separator;

  DocumentedProxy(String program, String documentedListen, String listen, String separator) {
    this.program = program;
    this.documentedListen = documentedListen;
    this.listen = listen;
    this.separator = separator;
  }

  /** Whether it can be tried here. */
  public boolean isHere() {
    return ProxyProcess.isHere(program);
  }

  /**
   * Starts it.
   *
   * @param within the words that run a command where it is to live
   * @param directory of its own
   * @param gateway the one behind it
   */
  public ProxyProcess start(
      List<String> within, Path directory, InetSocketAddress address, InetSocketAddress gateway)
      throws IOException {
    Path settings = directory.resolve(program + ".conf");
    Files.writeString(settings, settings(directory, address, gateway));
    List<String> command = new ArrayList<>(within);
    command.addAll(command(settings));
    return ProxyProcess.start(
        command,
        Map.of("HOME", directory.toString(), "XDG_DATA_HOME", directory.toString()),
        address,
        directory.resolve(program + ".out"));
  }

  private List<String> command(Path settings) throws IOException {
    String binary = ProxyProcess.binary(program);
    return switch (this) {
      case NGINX ->
          List.of(binary, "-e", settings.resolveSibling("error.log") + "", "-c", settings + "");
      case HAPROXY -> List.of(binary, "-db", "-f", settings + "");
      case CADDY -> List.of(binary, "run", "--adapter", "caddyfile", "--config", settings + "");
      case NGHTTPX -> List.of(binary, "--conf=" + settings);
    };
  }

  private String settings(Path directory, InetSocketAddress address, InetSocketAddress gateway)
      throws IOException {
    String placed =
        documented()
            .replace(documentedListen, listen.formatted(text(address)))
            .replace("gateway" + separator + "8080", text(gateway));
    return switch (this) {
      case NGINX ->
          """
          daemon off;
          worker_processes 1;
          pid %1$s/nginx.pid;
          events {}
          http {
          access_log off;
          client_body_temp_path %1$s/body;
          proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi;
          scgi_temp_path %1$s/scgi;
          %2$s
          }
          """
              .formatted(directory, placed);
      case HAPROXY, NGHTTPX -> placed;
      case CADDY -> "{\nadmin off\n}\n" + placed;
    };
  }

  private String documented() throws IOException {
    Matcher block =
        Pattern.compile("^```" + program + "\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL)
            .matcher(Files.readString(PAGE));
    if (!block.find()) {
      throw new IOException(PAGE + " has no settings for " + program);
    }
    if (!block.group(1).contains(documentedListen)) {
      throw new IOException(PAGE + ": " + program + " (expected: " + documentedListen + ")");
    }
    return block.group(1);
  }

  private String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + separator + address.getPort();
  }
}
