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
  NGINX("nginx", ":", "listen 80", "listen 9080", "listen %s"),
  HAPROXY("haproxy", ":", "bind :80", "bind :9080", "bind %s"),
  CADDY("caddy", ":", ":80 ", ":9080 ", ":%2$d "),
  NGHTTPX("nghttpx", ",", "frontend=*,80", "", "frontend=%s");

  private static final Path PAGE = Path.of("..", "docs", "behind-a-proxy.md");

  /** Where one speaks HTTP, and where gRPC; that may be the same. */
  public record Ports(InetSocketAddress http, InetSocketAddress grpc) {}

  /** Which of the settings on the page. */
  public enum Settings {
    WHOLE(""),
    /** Nothing but where the gateway is. */
    BARE(" bare");

    private final String mark;

    Settings(String mark) {
      this.mark = mark;
    }
  }

  /** Its program, and the language of its settings on the page. */
  private final String program;

  /** Stands between a host and a port. */
  private final String separator;

  /** What the page says of where it listens for HTTP and for gRPC, and what is to stand there. */
  private final String documentedHttp;

  private final String documentedGrpc;
  private final String listen;

  DocumentedProxy(
      String program,
      String separator,
      String documentedHttp,
      String documentedGrpc,
      String listen) {
    this.program = program;
    this.separator = separator;
    this.documentedHttp = documentedHttp;
    this.documentedGrpc = documentedGrpc;
    this.listen = listen;
  }

  /** Whether all of it comes in by one port. */
  public boolean hasOnePort() {
    return documentedGrpc.isEmpty();
  }

  /** Below which paths the page has it serve a gateway, besides the root. */
  public List<String> prefixes() {
    return this == NGINX ? List.of("/coat") : List.of();
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
   * @param front where it is to listen
   * @param gateway the one behind it
   */
  public ProxyProcess start(
      Settings which, List<String> within, Path directory, Ports front, Ports gateway)
      throws IOException {
    Path settings = directory.resolve(program + which + ".conf");
    Files.writeString(settings, settings(which, directory, front, gateway));
    List<String> command = new ArrayList<>(within);
    command.addAll(command(settings));
    return ProxyProcess.start(
        command,
        Map.of("HOME", directory.toString(), "XDG_DATA_HOME", directory.toString()),
        front.http(),
        directory.resolve(program + which + ".out"));
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

  private String settings(Settings which, Path directory, Ports front, Ports gateway)
      throws IOException {
    String placed = documented(which.mark);
    if (!prefixes().isEmpty() && which == Settings.WHOLE) {
      placed =
          placed.replaceFirst(
              "(?m)^    location / ", Matcher.quoteReplacement(documented(" prefix")) + "$0");
    }
    placed = replace(placed, "gateway" + separator + "8080", text(gateway.http()));
    if (which == Settings.WHOLE) {
      placed = replace(placed, "gateway" + separator + "9080", text(gateway.grpc()));
      placed = replace(placed, documentedGrpc, listen(front.grpc()));
    }
    placed = replace(placed, documentedHttp, listen(front.http()));
    return switch (this) {
      case NGINX ->
          """
          daemon off;
          worker_processes 1;
          pid %1$s/nginx%3$s.pid;
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
              .formatted(directory, placed, which);
      case HAPROXY, NGHTTPX -> placed;
      case CADDY ->
          placed.startsWith("{")
              ? placed.replaceFirst("\\{", "{\nadmin off")
              : "{\nadmin off\n}\n" + placed;
    };
  }

  private static String replace(String text, String what, String by) throws IOException {
    if (!text.contains(what)) {
      throw new IOException(PAGE + " (expected: " + what + "): " + text);
    }
    return what.isEmpty() ? text : text.replace(what, by);
  }

  private String documented(String mark) throws IOException {
    Matcher block =
        Pattern.compile("^```" + program + mark + "\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL)
            .matcher(Files.readString(PAGE));
    if (!block.find()) {
      throw new IOException(PAGE + " has no settings for " + program + mark);
    }
    return block.group(1);
  }

  private String listen(InetSocketAddress address) {
    return listen.formatted(text(address), address.getPort());
  }

  private String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + separator + address.getPort();
  }
}
