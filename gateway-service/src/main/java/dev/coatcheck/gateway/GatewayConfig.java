package dev.coatcheck.gateway;

import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.gateway.http.AllowedHosts;
import dev.coatcheck.gateway.http.HttpLimits;
import dev.coatcheck.gateway.routing.Discovery;
import dev.coatcheck.kit.grpc.GrpcPortLimits;
import dev.coatcheck.kit.limits.AddressRange;
import dev.coatcheck.kit.limits.PortSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's settings.
 *
 * @param http {@code COATCHECK_HTTP}: where browsers come to
 * @param grpc {@code COATCHECK_GRPC}: where programs come to
 * @param generators {@code COATCHECK_GENERATORS}: where the generators are found
 * @param keyset {@code COATCHECK_KEYSET}: the fleet's keyset, a file
 * @param management {@code COATCHECK_MANAGEMENT}: gRPC health and channelz, for operators
 * @param stallTimeout {@code COATCHECK_STALL_TIMEOUT}: a reader that takes nothing for so long is
 *     cut
 * @param corsOrigins {@code COATCHECK_CORS_ORIGINS}: whose pages may call it from a browser
 * @param functionUrl {@code COATCHECK_FUNCTION_URL}: where the page may call the map function
 *     itself
 * @param allowedHosts {@code COATCHECK_ALLOWED_HOSTS}: which hosts HTTP requests may be for
 * @param httpLimits of the port for browsers
 * @param grpcLimits of the port for programs, and of the one for operators
 */
public record GatewayConfig(
    HostPort http,
    HostPort grpc,
    Discovery generators,
    Path keyset,
    HostPort management,
    Duration stallTimeout,
    Set<String> corsOrigins,
    Optional<URI> functionUrl,
    AllowedHosts allowedHosts,
    HttpLimits httpLimits,
    GrpcPortLimits grpcLimits) {

  static final String HTTP = "COATCHECK_HTTP";
  static final String GRPC = "COATCHECK_GRPC";
  static final String GENERATORS = "COATCHECK_GENERATORS";
  static final String KEYSET = "COATCHECK_KEYSET";
  static final String MANAGEMENT = "COATCHECK_MANAGEMENT";
  static final String STALL_TIMEOUT = "COATCHECK_STALL_TIMEOUT";
  static final String CORS_ORIGINS = "COATCHECK_CORS_ORIGINS";
  static final String FUNCTION_URL = "COATCHECK_FUNCTION_URL";
  static final String ALLOWED_HOSTS = "COATCHECK_ALLOWED_HOSTS";
  static final String IDLE_TIMEOUT = "COATCHECK_IDLE_TIMEOUT";
  static final String HEADER_TIMEOUT = "COATCHECK_HEADER_TIMEOUT";
  static final String MIN_UPLOAD_RATE = "COATCHECK_MIN_UPLOAD_RATE";

  private static final int PORTS = 3;

  private static final HostPort DEFAULT_HTTP = new HostPort("0.0.0.0", 8080);
  private static final HostPort DEFAULT_GRPC = new HostPort("0.0.0.0", 9080);
  private static final HostPort DEFAULT_MANAGEMENT = new HostPort("127.0.0.1", 0);
  private static final Duration DEFAULT_STALL_TIMEOUT = Duration.ofSeconds(60);

  /** Longer than the 60 s of most proxies, which must not be about to send a request meanwhile. */
  private static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofSeconds(75);

  private static final Duration DEFAULT_HEADER_TIMEOUT = Duration.ofSeconds(10);
  private static final long DEFAULT_MIN_UPLOAD_RATE = 1 << 10;

  private static final String ANY_TIME = "a time above 0, such as 60s";
  private static final String ANY_COUNT = "a number above 0";
  private static final String ANY_RATE = "bytes a second above 0, such as 1KiB";
  private static final Pattern COUNT = Pattern.compile("[0-9]{1,9}");
  private static final Pattern RATE = Pattern.compile("([0-9]{1,9})(B|KiB|MiB)?");
  private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
  private static final Map<String, ChronoUnit> UNITS =
      Map.of(
          "ms",
          ChronoUnit.MILLIS,
          "s",
          ChronoUnit.SECONDS,
          "m",
          ChronoUnit.MINUTES,
          "h",
          ChronoUnit.HOURS);

  public GatewayConfig {
    corsOrigins = Set.copyOf(corsOrigins);
  }

  /** Settings that cannot be used; {@link #errors} has one line for each. */
  public static final class Invalid extends Exception {

    private final List<String> errors;

    Invalid(List<String> errors) {
      super(String.join("; ", errors));
      this.errors = List.copyOf(errors);
    }

    /** What is wrong, each {@code NAME: 'value' (expected: …)}. */
    public List<String> errors() {
      return errors;
    }
  }

  /**
   * Reads the settings out of {@code environment}.
   *
   * @throws Invalid with everything that is wrong
   */
  public static GatewayConfig fromEnvironment(Map<String, String> environment) throws Invalid {
    var reader = new Reader(environment);
    HostPort http = reader.read(HTTP, DEFAULT_HTTP, HostPort::parse, "host:port");
    HostPort grpc = reader.read(GRPC, DEFAULT_GRPC, HostPort::parse, "host:port");
    Discovery generators = reader.read(GENERATORS, null, Discovery::parse, Discovery.EXPECTED);
    Path keyset = reader.read(KEYSET, null, GatewayConfig::readableFile, "a file that can be read");
    HostPort management = reader.read(MANAGEMENT, DEFAULT_MANAGEMENT, HostPort::parse, "host:port");
    Duration stallTimeout =
        reader.read(STALL_TIMEOUT, DEFAULT_STALL_TIMEOUT, GatewayConfig::time, ANY_TIME);
    Set<String> corsOrigins =
        reader.read(CORS_ORIGINS, Set.of(), BrowserOrigins::parse, BrowserOrigins.EXPECTED);
    Optional<URI> functionUrl =
        reader.read(
            FUNCTION_URL, Optional.empty(), GatewayConfig::url, "http:// or https://, host");
    AllowedHosts allowedHosts =
        reader.read(ALLOWED_HOSTS, defaultHosts(http), AllowedHosts::parse, AllowedHosts.EXPECTED);
    Duration idleTimeout = reader.time(IDLE_TIMEOUT, DEFAULT_IDLE_TIMEOUT);
    Duration headerTimeout = reader.time(HEADER_TIMEOUT, DEFAULT_HEADER_TIMEOUT);
    Long minUploadRate =
        reader.read(MIN_UPLOAD_RATE, DEFAULT_MIN_UPLOAD_RATE, GatewayConfig::rate, ANY_RATE);
    PortSettings ports = PortSettings.read(reader, PortSettings.PUBLIC_DEFAULTS);
    if (http == null
        || grpc == null
        || generators == null
        || keyset == null
        || management == null
        || stallTimeout == null
        || corsOrigins == null
        || functionUrl == null
        || allowedHosts == null
        || minUploadRate == null
        || !reader.errors.isEmpty()) {
      throw new Invalid(reader.errors);
    }
    return new GatewayConfig(
        http,
        grpc,
        generators,
        keyset,
        management,
        stallTimeout,
        corsOrigins,
        functionUrl,
        allowedHosts,
        HttpLimits.of(ports, PORTS, headerTimeout, idleTimeout, minUploadRate),
        GrpcPortLimits.ofPublicPort(ports, PORTS, stallTimeout));
  }

  /**
   * Who listens on loopback alone is reached by a few names. Any other gateway is reached by names
   * that only its operator knows.
   */
  private static AllowedHosts defaultHosts(@Nullable HostPort http) {
    if (http == null) {
      return AllowedHosts.ANY;
    }
    var address = http.toSocketAddress().getAddress();
    return address != null && address.isLoopbackAddress() ? AllowedHosts.LOCAL : AllowedHosts.ANY;
  }

  private static long rate(String text) {
    Matcher matcher = RATE.matcher(text);
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
      throw new IllegalArgumentException("no rate");
    }
    String unit = matcher.group(2) == null ? "B" : matcher.group(2);
    int shift =
        switch (unit) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          default -> 0;
        };
    return Long.parseLong(matcher.group(1)) << shift;
  }

  private static int count(String text) {
    if (!COUNT.matcher(text).matches() || Integer.parseInt(text) == 0) {
      throw new IllegalArgumentException("no number above 0");
    }
    return Integer.parseInt(text);
  }

  private static Path readableFile(String text) throws InvalidPathException {
    Path file = Path.of(text);
    if (!Files.isReadable(file) || !Files.isRegularFile(file)) {
      throw new IllegalArgumentException("not readable");
    }
    return file;
  }

  private static Duration time(String text) {
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
      throw new IllegalArgumentException("no time");
    }
    return Duration.of(Long.parseLong(matcher.group(1)), UNITS.get(matcher.group(2)));
  }

  private static Optional<URI> url(String text) {
    URI url = URI.create(text);
    boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!web || url.getHost() == null || url.getUserInfo() != null || url.getFragment() != null) {
      throw new IllegalArgumentException("no address of the web");
    }
    return Optional.of(url);
  }

  private static final class Reader implements PortSettings.Reader {

    private final Map<String, String> environment;
    private final List<String> errors = new ArrayList<>();

    Reader(Map<String, String> environment) {
      this.environment = environment;
    }

    @Override
    public int count(String name, int orElse) {
      Integer count = read(name, orElse, GatewayConfig::count, ANY_COUNT);
      return count == null ? orElse : count;
    }

    @Override
    public Duration time(String name, Duration orElse) {
      Duration time = read(name, orElse, GatewayConfig::time, ANY_TIME);
      return time == null ? orElse : time;
    }

    @Override
    public List<AddressRange> addresses(String name, List<AddressRange> orElse) {
      List<AddressRange> addresses =
          read(name, orElse, AddressRange::parseAll, AddressRange.EXPECTED);
      return addresses == null ? orElse : addresses;
    }

    /** The setting; null, and one more error, if it is wrong, or missing without a default. */
    <T> @Nullable T read(
        String name, @Nullable T orElse, Function<String, T> parse, String expected) {
      String value = environment.getOrDefault(name, "").strip();
      if (value.isEmpty()) {
        if (orElse == null) {
          errors.add(name + ": missing (expected: " + expected + ")");
        }
        return orElse;
      }
      try {
        return parse.apply(value);
      } catch (IllegalArgumentException e) {
        errors.add(name + ": '" + UntrustedText.message(value) + "' (expected: " + expected + ")");
        return null;
      }
    }
  }
}
