package dev.coatcheck.gateway;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.gateway.http.AllowedHosts;
import dev.coatcheck.gateway.http.HttpLimits;
import dev.coatcheck.gateway.routing.Discovery;
import dev.coatcheck.kit.grpc.GrpcPortLimits;
import dev.coatcheck.kit.limits.AddressRange;
import dev.coatcheck.kit.limits.PortSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GatewayConfigTest {

  @TempDir Path directory;

  private Path keyset;

  @BeforeEach
  void writeKeyset() throws Exception {
    keyset = Files.createFile(directory.resolve("keyset"));
  }

  @Test
  void defaultsArePinned() throws Exception {
    GatewayConfig config =
        GatewayConfig.fromEnvironment(
            Map.of("COATCHECK_GENERATORS", "a:9090", "COATCHECK_KEYSET", keyset.toString()));

    assertThat(config)
        .isEqualTo(
            new GatewayConfig(
                new HostPort("0.0.0.0", 8080),
                new HostPort("0.0.0.0", 9080),
                new Discovery.Fixed(List.of("a:9090")),
                keyset,
                new HostPort("127.0.0.1", 0),
                Duration.ofSeconds(60),
                Set.of(),
                Optional.empty(),
                AllowedHosts.ANY,
                HttpLimits.of(
                    PortSettings.PUBLIC_DEFAULTS,
                    3,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(75),
                    1024),
                GrpcPortLimits.ofPublicPort(
                    PortSettings.PUBLIC_DEFAULTS, 3, Duration.ofSeconds(60))));
  }

  @Test
  void everySettingIsMapped() throws Exception {
    GatewayConfig config =
        GatewayConfig.fromEnvironment(
            Map.ofEntries(
                entry("COATCHECK_HTTP", "127.0.0.1:1"),
                entry("COATCHECK_GRPC", "[::1]:2"),
                entry("COATCHECK_GENERATORS", "static:///a:9090, b:9091,[::1]:7,a:9090"),
                entry("COATCHECK_KEYSET", keyset.toString()),
                entry("COATCHECK_MANAGEMENT", "localhost:3"),
                entry("COATCHECK_STALL_TIMEOUT", "5s"),
                entry("COATCHECK_CORS_ORIGINS", "https://Maps.example:443, http://localhost:3000"),
                entry("COATCHECK_FUNCTION_URL", "https://f.example/map"),
                entry("COATCHECK_ALLOWED_HOSTS", "Maps.example, b"),
                entry("COATCHECK_HEADER_TIMEOUT", "7s"),
                entry("COATCHECK_IDLE_TIMEOUT", "8s"),
                entry("COATCHECK_MIN_UPLOAD_RATE", "2KiB"),
                entry("COATCHECK_CONNECTIONS", "11"),
                entry("COATCHECK_CONNECTIONS_PER_ADDRESS", "12"),
                entry("COATCHECK_TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
                entry("COATCHECK_STREAMS", "13"),
                entry("COATCHECK_CALLS", "14"),
                entry("COATCHECK_BODY_TIMEOUT", "250ms"),
                entry("COATCHECK_HTTP2_EVENTS", "16")));
    var ports =
        new PortSettings(
            11,
            12,
            List.of(AddressRange.parse("10.0.0.0/8"), AddressRange.parse("::1")),
            13,
            14,
            Duration.ofMillis(250),
            16);

    assertThat(config)
        .isEqualTo(
            new GatewayConfig(
                new HostPort("127.0.0.1", 1),
                new HostPort("::1", 2),
                new Discovery.Fixed(List.of("a:9090", "b:9091", "[::1]:7")),
                keyset,
                new HostPort("localhost", 3),
                Duration.ofSeconds(5),
                Set.of("https://maps.example", "http://localhost:3000"),
                Optional.of(URI.create("https://f.example/map")),
                new AllowedHosts(false, Set.of("maps.example", "b")),
                HttpLimits.of(ports, 3, Duration.ofSeconds(7), Duration.ofSeconds(8), 2048),
                GrpcPortLimits.ofPublicPort(ports, 3, Duration.ofSeconds(5))));
    assertThat(config.grpc()).hasToString("[::1]:2");
  }

  /** A page that rebinds its name to a gateway on its reader's own machine must not get through. */
  @ParameterizedTest
  @CsvSource({"127.0.0.1:8080, false", "localhost:8080, false", "0.0.0.0:8080, true"})
  void hostsAreRestrictedByDefaultWhereOnlyThisMachineCanCall(String http, boolean any)
      throws Exception {
    Map<String, String> settings =
        Map.of(
            "COATCHECK_GENERATORS",
            "static:///a:9090",
            "COATCHECK_KEYSET",
            keyset.toString(),
            "COATCHECK_HTTP",
            http);

    assertThat(GatewayConfig.fromEnvironment(settings).allowedHosts().any()).isEqualTo(any);
  }

  @ParameterizedTest
  @CsvSource({"250ms, PT0.25S", "90s, PT1M30S", "2m, PT2M", "1h, PT1H"})
  void timesAreWrittenAsForGenerators(String text, Duration time) throws Exception {
    Map<String, String> settings =
        Map.of(
            "COATCHECK_GENERATORS",
            "static:///a:9090",
            "COATCHECK_KEYSET",
            keyset.toString(),
            "COATCHECK_STALL_TIMEOUT",
            text);

    assertThat(GatewayConfig.fromEnvironment(settings).stallTimeout()).isEqualTo(time);
  }

  @Test
  void generatorsMayBeAName() {
    assertThat(Discovery.parse("dns:///generators:9090"))
        .isEqualTo(new Discovery.Dns("dns:///generators:9090"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "a:0", "a:70000", "a:1,", ",", "http://a:1", "dns:///a", "a:1 b:2", "a_b:1"})
  void addressesOfAnotherFormAreRefused(String generators) {
    assertThatThrownBy(() -> Discovery.parse(generators))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "null",
        "https://",
        "https://a/",
        "https://a,",
        "ftp://a",
        "https://*.a",
        "a:1",
        "https://a:70000",
        "https://b@a",
        "https://a?b",
        "https://a b"
      })
  void originsOfAnotherFormAreRefused(String origins) {
    assertThatThrownBy(() -> BrowserOrigins.parse(origins))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "f.example",
        "ftp://f.example",
        "http:///map",
        "http://a:b@c",
        "http://a#b",
        "http://"
      })
  void functionUrlOfAnotherFormIsRefused(String url) {
    assertThatThrownBy(() ->
            GatewayConfig.fromEnvironment(
                Map.of(
                    "COATCHECK_GENERATORS",
                    "a:9090",
                    "COATCHECK_KEYSET",
                    keyset.toString(),
                    "COATCHECK_FUNCTION_URL",
                    url)))
        .isInstanceOfSatisfying(
            GatewayConfig.Invalid.class,
            invalid ->
                assertThat(invalid.errors())
                    .containsExactly(
                        "COATCHECK_FUNCTION_URL: '%s' (expected: http:// or https://, host)"
                            .formatted(url)));
  }

  @Test
  void allErrorsAreToldAtOnce() {
    assertThatThrownBy(() ->
            GatewayConfig.fromEnvironment(
                Map.of(
                    "COATCHECK_HTTP", "abc",
                    "COATCHECK_GRPC", "127.0.0.1:70000",
                    "COATCHECK_GENERATORS", "a",
                    "COATCHECK_KEYSET", "/nowhere",
                    "COATCHECK_MANAGEMENT", ":1",
                    "COATCHECK_STALL_TIMEOUT", "0s",
                    "COATCHECK_CONNECTIONS", "0",
                    "COATCHECK_TRUSTED_PROXIES", "proxy",
                    "COATCHECK_CORS_ORIGINS", "*")))
        .isInstanceOfSatisfying(
            GatewayConfig.Invalid.class,
            invalid ->
                assertThat(invalid.errors())
                    .containsExactly(
                        "COATCHECK_HTTP: 'abc' (expected: host:port)",
                        "COATCHECK_GRPC: '127.0.0.1:70000' (expected: host:port)",
                        "COATCHECK_GENERATORS: 'a' (expected: host:port,host:port or "
                            + "static:///host:port,host:port or dns:///host:port)",
                        "COATCHECK_KEYSET: '/nowhere' (expected: a file that can be read)",
                        "COATCHECK_MANAGEMENT: ':1' (expected: host:port)",
                        "COATCHECK_STALL_TIMEOUT: '0s' (expected: a time above 0, such as 60s)",
                        "COATCHECK_CORS_ORIGINS: '*' (expected: https://host,http://host:port,"
                            + " each named: with * any page on the web could have images made)",
                        "COATCHECK_CONNECTIONS: '0' (expected: a number above 0)",
                        "COATCHECK_TRUSTED_PROXIES: 'proxy' (expected: addresses or CIDR ranges,"
                            + " comma-separated)"));
  }

  @Test
  void missingSettingsAreErrors() {
    assertThatThrownBy(() -> GatewayConfig.fromEnvironment(Map.of()))
        .isInstanceOfSatisfying(
            GatewayConfig.Invalid.class,
            invalid ->
                assertThat(invalid.errors())
                    .hasSize(2)
                    .allMatch(error -> error.contains(": missing (expected: ")));
  }
}
