package dev.coatcheck.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.generator.handoff.PeerNames;
import dev.coatcheck.kit.grpc.GrpcPortLimits;
import dev.coatcheck.kit.limits.AddressRange;
import dev.coatcheck.kit.limits.PortSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GeneratorConfigTest {

  private static final Map<String, String> LEAST =
      Map.of("COATCHECK_KEYSET", "/run/keyset.json", "COATCHECK_LAMBDA_FUNCTION", "map");

  @Test
  void defaults() {
    assertThat(GeneratorConfig.from(LEAST))
        .isEqualTo(
            new GeneratorConfig(
                new HostPort("0.0.0.0", 9090),
                Optional.empty(),
                new HostPort("127.0.0.1", 0),
                PeerNames.NONE,
                1L << 30,
                32L << 20,
                Path.of("/run/keyset.json"),
                Map.of("map", "map"),
                Optional.empty(),
                Optional.empty(),
                true,
                "",
                false,
                Duration.ofSeconds(60),
                Duration.ofSeconds(600),
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                GrpcPortLimits.ofFleetPort(
                    PortSettings.FLEET_DEFAULTS, 2, Duration.ofSeconds(60))));
  }

  @Test
  void everySettingIsRead() {
    Map<String, String> all = new LinkedHashMap<>(LEAST);
    all.put("COATCHECK_LISTEN", "[::1]:7000");
    all.put("COATCHECK_ADVERTISE", "generator-3.fleet:9090");
    all.put("COATCHECK_MANAGEMENT", "127.0.0.1:7001");
    all.put("COATCHECK_PEERS", "static:///a:9090, b:9090");
    all.put("COATCHECK_MEMORY", "512MiB");
    all.put("COATCHECK_MAX_BYTES", "1000000");
    all.put("COATCHECK_LAMBDA_FUNCTION", "map=arn:aws:lambda:eu-west-1:1:function:m, bytes=b");
    all.put("COATCHECK_LAMBDA_ENDPOINT", "http://127.0.0.1:9001");
    all.put("COATCHECK_CALLBACK_URL", "https://coatcheck.example/fleet");
    all.put("COATCHECK_RESPONSE_STREAMING", "false");
    all.put("COATCHECK_FUNCTION_TIMEOUT", "2m");
    all.put("COATCHECK_TTL", "1h");
    all.put("COATCHECK_LINGER", "250ms");
    all.put("COATCHECK_STALL_TIMEOUT", "20s");
    all.put("COATCHECK_GRACE", "5s");
    all.put("COATCHECK_CONNECTIONS", "11");
    all.put("COATCHECK_CONNECTIONS_PER_ADDRESS", "12");
    all.put("COATCHECK_TRUSTED_PROXIES", "10.0.0.0/8, ::1");
    all.put("COATCHECK_STREAMS", "13");
    all.put("COATCHECK_CALLS", "14");
    all.put("COATCHECK_BODY_TIMEOUT", "15s");
    all.put("COATCHECK_HTTP2_EVENTS", "16");
    all.put("AWS_REGION", "eu-west-1");
    all.put("AWS_PROFILE", "fleet");

    GeneratorConfig config = GeneratorConfig.from(all);

    assertThat(config)
        .isEqualTo(
            new GeneratorConfig(
                new HostPort("::1", 7000),
                Optional.of(new HostPort("generator-3.fleet", 9090)),
                new HostPort("127.0.0.1", 7001),
                new PeerNames(false, List.of("a:9090", "b:9090")),
                512L << 20,
                1_000_000,
                Path.of("/run/keyset.json"),
                Map.of("map", "arn:aws:lambda:eu-west-1:1:function:m", "bytes", "b"),
                Optional.of(URI.create("http://127.0.0.1:9001")),
                Optional.of(URI.create("https://coatcheck.example/fleet")),
                false,
                "eu-west-1",
                true,
                Duration.ofMinutes(2),
                Duration.ofHours(1),
                Duration.ofMillis(250),
                Duration.ofSeconds(20),
                Duration.ofSeconds(5),
                GrpcPortLimits.ofFleetPort(
                    new PortSettings(
                        11,
                        12,
                        List.of(AddressRange.parse("10.0.0.0/8"), AddressRange.parse("::1")),
                        13,
                        14,
                        Duration.ofSeconds(15),
                        16),
                    2,
                    Duration.ofSeconds(20))));
    assertThat(config.functions().keySet()).containsExactly("map", "bytes");
    assertThat(config.listen()).hasToString("[::1]:7000");
  }

  /** It goes into keys, and every gateway would fail at it. */
  @Test
  void advertisesOnlyWhatIsATargetOfGrpc() {
    Map<String, String> wrong = new LinkedHashMap<>();
    wrong.put("COATCHECK_ADVERTISE", "generator_1:9090");

    assertThatThrownBy(() -> GeneratorConfig.from(wrong))
        .hasMessageContaining("COATCHECK_ADVERTISE: 'generator_1:9090' (expected");
  }

  @Test
  void tellsAllErrorsAtOnce() {
    Map<String, String> wrong = new LinkedHashMap<>();
    wrong.put("COATCHECK_LISTEN", "9090");
    wrong.put("COATCHECK_ADVERTISE", "x".repeat(100) + ":1");
    wrong.put("COATCHECK_PEERS", "consul:///generators");
    wrong.put("COATCHECK_MEMORY", "10 MB");
    wrong.put("COATCHECK_TTL", "ten minutes");
    wrong.put("COATCHECK_STALL_TIMEOUT", "0s");
    wrong.put("COATCHECK_LAMBDA_ENDPOINT", "127.0.0.1:9001");
    wrong.put("COATCHECK_CALLBACK_URL", "http://a/?b");
    wrong.put("COATCHECK_RESPONSE_STREAMING", "no");
    wrong.put("COATCHECK_LAMBDA_FUNCTION", "map=,b=");

    assertThatThrownBy(() -> GeneratorConfig.from(wrong))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .satisfies(message ->
            assertThat(message.lines())
                .satisfiesExactlyInAnyOrder(
                    line -> assertThat(line).startsWith("COATCHECK_LISTEN: '9090' (expected"),
                    line -> assertThat(line).startsWith("COATCHECK_ADVERTISE: 'xxx"),
                    line -> assertThat(line).startsWith("COATCHECK_PEERS: 'consul:///gen"),
                    line -> assertThat(line).startsWith("COATCHECK_MEMORY: '10 MB' (expected"),
                    line -> assertThat(line).startsWith("COATCHECK_TTL: 'ten minutes'"),
                    line ->
                        assertThat(line)
                            .startsWith("COATCHECK_STALL_TIMEOUT: '0s' (expected: a time"),
                    line -> assertThat(line).startsWith("COATCHECK_LAMBDA_ENDPOINT: '127"),
                    line -> assertThat(line).startsWith("COATCHECK_CALLBACK_URL: 'http://a/?b'"),
                    line ->
                        assertThat(line)
                            .isEqualTo(
                                "COATCHECK_RESPONSE_STREAMING: 'no' (expected: true or false)"),
                    line -> assertThat(line).startsWith("COATCHECK_LAMBDA_FUNCTION: 'map=,"),
                    line -> assertThat(line).startsWith("COATCHECK_KEYSET: not set")));
  }

  @Test
  void portHasDigitsAlone() {
    assertThat(HostPort.parse("a:90")).contains(new HostPort("a", 90));
    for (String wrong : List.of("a:+90", "a:-0", "a:\u0669", "a:", "a:65536", "a:100000", ":90")) {
      assertThat(HostPort.parse(wrong)).as(wrong).isEmpty();
    }
  }

  @Test
  void refusesADefaultReservationThatCannotFit() {
    Map<String, String> small = new LinkedHashMap<>(LEAST);
    small.put("COATCHECK_MEMORY", "8MiB");

    assertThatThrownBy(() -> GeneratorConfig.from(small))
        .hasMessageContaining("COATCHECK_MAX_BYTES")
        .hasMessageContaining("COATCHECK_MEMORY");
  }
}
