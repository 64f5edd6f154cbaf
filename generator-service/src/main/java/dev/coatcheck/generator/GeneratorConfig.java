package dev.coatcheck.generator;

import dev.coatcheck.contract.FunctionNames;
import dev.coatcheck.generator.handoff.PeerNames;
import dev.coatcheck.key.ImageKey;
import dev.coatcheck.kit.grpc.DnsTarget;
import dev.coatcheck.kit.grpc.GrpcPortLimits;
import dev.coatcheck.kit.limits.PortSettings;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a generator is told from outside.
 *
 * @param listen where it serves gateways
 * @param advertise where gateways reach it; empty for what {@code listen} says
 * @param management where it serves operators
 * @param peers where the other generators are; this one may be among them
 * @param memory the budget for image bytes
 * @param maxBytes what a create reserves when it does not say
 * @param keyset the fleet's keyset file
 * @param functions what callers may name, and what AWS knows each by; the first is the default
 * @param lambdaEndpoint where Lambda is, if not where AWS's own settings say
 * @param callbackUrl how functions reach the fleet's gateways, to push images to; empty where they
 *     cannot
 * @param responseStreams false where Lambda streams no answers, so that nobody gets one unasked
 * @param region the AWS region; empty to let the SDK find it
 * @param awsCredentials false when the environment names none
 * @param functionTimeout how long a function may take
 * @param timeToLive how long a complete image is held
 * @param linger how long a delivered image stays for its claimant's re-read
 * @param stallTimeout without progress for so long a stream is cut
 * @param grace how long to hand images over, and to serve those that no peer takes, after the
 *     signal to stop
 * @param limits of the port for gateways, and of the one for operators
 */
public record GeneratorConfig(
    HostPort listen,
    Optional<HostPort> advertise,
    HostPort management,
    PeerNames peers,
    long memory,
    long maxBytes,
    Path keyset,
    Map<String, String> functions,
    Optional<URI> lambdaEndpoint,
    Optional<URI> callbackUrl,
    boolean responseStreams,
    String region,
    boolean awsCredentials,
    Duration functionTimeout,
    Duration timeToLive,
    Duration linger,
    Duration stallTimeout,
    Duration grace,
    GrpcPortLimits limits) {

  private static final int PORTS = 2;
  private static final long MIN_MEMORY = 1 << 20;
  private static final String HOST_PORT = "host:port";
  private static final String BYTES = "a size such as 512MiB";
  private static final String DURATION = "a time such as 600s";
  private static final List<String> CREDENTIALS =
      List.of(
          "AWS_ACCESS_KEY_ID",
          "AWS_PROFILE",
          "AWS_WEB_IDENTITY_TOKEN_FILE",
          "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
          "AWS_CONTAINER_CREDENTIALS_FULL_URI");

  public GeneratorConfig {
    functions = new LinkedHashMap<>(functions);
  }

  /**
   * Reads and checks all settings.
   *
   * @throws IllegalArgumentException with a line for each that is wrong
   */
  public static GeneratorConfig from(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    HostPort nowhere = new HostPort("nowhere", 0);
    Duration stallTimeout =
        settings.optional(
            "COATCHECK_STALL_TIMEOUT",
            "60s",
            "a time above 0, such as 60s",
            value -> Settings.duration(value).filter(Duration::isPositive));
    GeneratorConfig config =
        new GeneratorConfig(
            settings.optional("COATCHECK_LISTEN", "0.0.0.0:9090", HOST_PORT, HostPort::parse),
            settings
                .text("COATCHECK_ADVERTISE")
                .map(value ->
                    settings.required(
                        "COATCHECK_ADVERTISE",
                        "host:port, under " + ImageKey.MAX_ADDRESS_BYTES + " bytes",
                        nowhere,
                        GeneratorConfig::address)),
            settings.optional("COATCHECK_MANAGEMENT", "127.0.0.1:0", HOST_PORT, HostPort::parse),
            settings
                .text("COATCHECK_PEERS")
                .map(value ->
                    settings.required(
                        "COATCHECK_PEERS", PeerNames.EXPECTED, PeerNames.NONE, PeerNames::parse))
                .orElse(PeerNames.NONE),
            settings.optional(
                "COATCHECK_MEMORY",
                "1GiB",
                "a size of 1MiB or more",
                value -> Settings.bytes(value).filter(bytes -> bytes >= MIN_MEMORY)),
            settings.optional(
                "COATCHECK_MAX_BYTES",
                "32MiB",
                BYTES,
                value -> Settings.bytes(value).filter(bytes -> bytes > 0)),
            settings.required(
                "COATCHECK_KEYSET",
                "the fleet's keyset file; make one by 'coatcheck keyset create FILE'",
                Path.of("none"),
                value -> Optional.of(Path.of(value))),
            settings.required(
                "COATCHECK_LAMBDA_FUNCTION",
                "name=<function name or ARN>, comma-separated; the first is the default",
                Map.of("none", "none"),
                GeneratorConfig::functions),
            settings
                .text("COATCHECK_LAMBDA_ENDPOINT")
                .map(value ->
                    settings.required(
                        "COATCHECK_LAMBDA_ENDPOINT",
                        "an http or https URL",
                        URI.create("http://nowhere"),
                        GeneratorConfig::url)),
            settings
                .text("COATCHECK_CALLBACK_URL")
                .map(value ->
                    settings.required(
                        "COATCHECK_CALLBACK_URL",
                        "an http or https URL without a query",
                        URI.create("http://nowhere"),
                        text ->
                            url(text)
                                .filter(uri ->
                                    uri.getRawQuery() == null && uri.getRawFragment() == null))),
            settings.optional(
                "COATCHECK_RESPONSE_STREAMING", "true", "true or false", Settings::flag),
            settings.text("AWS_REGION").or(() -> settings.text("AWS_DEFAULT_REGION")).orElse(""),
            CREDENTIALS.stream().anyMatch(name -> settings.text(name).isPresent()),
            settings.optional("COATCHECK_FUNCTION_TIMEOUT", "60s", DURATION, Settings::duration),
            settings.optional("COATCHECK_TTL", "600s", DURATION, Settings::duration),
            settings.optional("COATCHECK_LINGER", "30s", DURATION, Settings::duration),
            stallTimeout,
            settings.optional("COATCHECK_GRACE", "30s", DURATION, Settings::duration),
            GrpcPortLimits.ofFleetPort(
                PortSettings.read(settings, PortSettings.FLEET_DEFAULTS), PORTS, stallTimeout));
    if (config.maxBytes > config.memory) {
      settings.error(
          "COATCHECK_MAX_BYTES",
          Long.toString(config.maxBytes),
          "<= COATCHECK_MEMORY, " + config.memory);
    }
    settings.check();
    return config;
  }

  private static Optional<HostPort> address(String value) {
    return HostPort.parse(value)
        .filter(address ->
            address.toString().getBytes(StandardCharsets.UTF_8).length
                <= ImageKey.MAX_ADDRESS_BYTES)
        .filter(address ->
            DnsTarget.isAddress((address.port() == 0 ? address.withPort(1) : address).toString()));
  }

  private static Optional<URI> url(String value) {
    try {
      URI uri = URI.create(value);
      return List.of("http", "https").contains(String.valueOf(uri.getScheme()))
              && uri.getHost() != null
          ? Optional.of(uri)
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<Map<String, String>> functions(String value) {
    Map<String, String> functions = new LinkedHashMap<>();
    for (String entry : value.split(",", -1)) {
      int equals = entry.indexOf('=');
      String name = equals < 0 ? entry.strip() : entry.substring(0, equals).strip();
      String function = equals < 0 ? name : entry.substring(equals + 1).strip();
      if (!FunctionNames.isValid(name)
          || function.isEmpty()
          || functions.put(name, function) != null) {
        return Optional.empty();
      }
    }
    return Optional.of(functions);
  }
}
