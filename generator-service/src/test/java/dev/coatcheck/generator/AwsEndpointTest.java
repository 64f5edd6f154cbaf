package dev.coatcheck.generator;

import static dev.coatcheck.generator.GeneratorFixture.assertRefused;
import static dev.coatcheck.generator.GeneratorFixture.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.generator.lambda.KeepAliveTimers;
import dev.coatcheck.testing.TlsFront;
import dev.coatcheck.v1.CreateImageRequest.Transfer;
import dev.coatcheck.v1.ErrorReason;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** AWS's own settings of where Lambda is: the same for every transfer, or none starts. */
@Timeout(240)
class AwsEndpointTest {

  private static final byte[] IMAGE = png(1000);
  private static final Map<String, String> KEYS =
      Map.of("AWS_ACCESS_KEY_ID", "AKIA", "AWS_SECRET_ACCESS_KEY", "s", "AWS_REGION", "us-east-1");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL"})
  void urlOfTheEnvironment(String name) throws Exception {
    try (FakeLambda lambda = FakeLambda.start(IMAGE);
        FakeProxy proxy = FakeProxy.toNowhere()) {
      Map<String, String> settings = new HashMap<>(KEYS);
      settings.put(name, lambda.url().toString());
      settings.put("HTTP_PROXY", proxy.url().toString()); // not for what is on this host

      everyTransferIsCalled(settings);

      assertThat(lambda.calls()).hasSize(3);
      assertThat(proxy.requests()).isEmpty();
    }
  }

  /** Whose certificate the process trusts as any Java process does; and whose silence it bears. */
  @Test
  void https() throws Exception {
    Path trusted = directory.resolve("trusted.p12");
    try (InputStream store = TlsFront.class.getResourceAsStream("/localhost.p12")) {
      Files.copy(Objects.requireNonNull(store), trusted);
    }
    try (FakeLambda lambda = FakeLambda.start(IMAGE);
        TlsFront front = TlsFront.start(lambda.url().getPort())) {
      Map<String, String> settings = new HashMap<>(KEYS);
      settings.put("AWS_ENDPOINT_URL_LAMBDA", "https://localhost:" + front.port());
      settings.put(
          "JDK_JAVA_OPTIONS",
          "-Djavax.net.ssl.trustStore="
              + trusted
              + " -Djavax.net.ssl.trustStorePassword=coatcheck");

      try (GeneratorProcess generator = GeneratorProcess.start(directory, settings)) {
        assertThat(generator.generate(Transfer.RESPONSE_STREAM)).isEqualTo(IMAGE);
        fails(generator, Transfer.CALLBACK);
        assertThat(generator.generate(Transfer.BUFFERED)).isEqualTo(IMAGE);
        await()
            .untilAsserted(() ->
                assertThat(KeepAliveTimers.secondsOfConnectionTo(front.port()))
                    .as("the SDK's pooled connection")
                    .isBetween(0.0, 60.0));
      }
      assertThat(lambda.calls()).hasSize(3);
    }
  }

  @Test
  void httpThroughAProxy() throws Exception {
    try (FakeLambda lambda = FakeLambda.start(IMAGE);
        FakeProxy proxy = FakeProxy.to(lambda.url())) {
      Map<String, String> settings = new HashMap<>(KEYS);
      settings.put("COATCHECK_LAMBDA_ENDPOINT", "http://lambda.test");
      settings.put("http_proxy", proxy.url().toString());
      settings.put("no_proxy", "other.test");

      everyTransferIsCalled(settings);

      assertThat(lambda.calls()).hasSize(3);
      assertThat(proxy.requests())
          .isNotEmpty()
          .allMatch(line ->
              line.startsWith("CONNECT lambda.test:80")
                  || line.startsWith("POST http://lambda.test"));
    }
  }

  @Test
  void noProxyIsForDomainsToo() throws Exception {
    try (FakeProxy proxy = FakeProxy.toNowhere()) {
      Map<String, String> settings = new HashMap<>(KEYS);
      settings.put("COATCHECK_LAMBDA_ENDPOINT", "https://lambda.maps.invalid");
      settings.put("HTTPS_PROXY", proxy.url().toString());
      settings.put("NO_PROXY", "other.test,.maps.invalid");

      everyTransferFails(settings);

      assertThat(proxy.requests()).isEmpty();
    }
  }

  /** What the proxy is asked for is where AWS would be called. */
  @ParameterizedTest
  @CsvSource({
    "us-east-1, false, false, lambda.us-east-1.amazonaws.com",
    "us-east-1, true,  false, lambda-fips.us-east-1.amazonaws.com",
    "eu-west-1, false, true,  lambda.eu-west-1.api.aws",
    "us-east-1, true,  true,  lambda-fips.us-east-1.api.aws"
  })
  void fipsAndDualStack(String region, String fips, String dualStack, String host)
      throws Exception {
    try (FakeProxy proxy = FakeProxy.toNowhere()) {
      Map<String, String> settings = new HashMap<>(KEYS);
      settings.put("AWS_REGION", region);
      settings.put("AWS_USE_FIPS_ENDPOINT", fips);
      settings.put("AWS_USE_DUALSTACK_ENDPOINT", dualStack);
      settings.put("HTTPS_PROXY", proxy.url().toString());
      settings.put("HTTP_PROXY", "http://127.0.0.1:1");

      everyTransferFails(settings);

      assertThat(proxy.requests()).hasSize(6).containsOnly("CONNECT " + host + ":443");
    }
  }

  @Test
  void regionOfTheProfile() throws Exception {
    Path config = config("[profile fleet]", "region = ap-south-1");
    try (FakeProxy proxy = FakeProxy.toNowhere()) {
      Map<String, String> settings = new HashMap<>(KEYS);
      settings.remove("AWS_REGION");
      settings.put("AWS_PROFILE", "fleet");
      settings.put("AWS_CONFIG_FILE", config.toString());
      settings.put("HTTPS_PROXY", proxy.url().toString());

      everyTransferFails(settings);

      assertThat(proxy.requests()).containsOnly("CONNECT lambda.ap-south-1.amazonaws.com:443");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "AWS_PROFILE, default, 'AWS_REGION: not set, nor in the profile (expected: a region'",
    "AWS_USE_FIPS_ENDPOINT, perhaps, 'AWS_USE_FIPS_ENDPOINT: ''perhaps'' (expected: true or false)'",
    "AWS_REGION, Europe, 'AWS_REGION: ''Europe'' (expected: a region'",
    "AWS_ENDPOINT_URL, lambda.test, 'AWS_ENDPOINT_URL_LAMBDA or AWS_ENDPOINT_URL: ''lambda.test'''"
  })
  void whatIsMissingOrWrongIsALineOfSettings(String name, String value, String line)
      throws Exception {
    Map<String, String> settings = new HashMap<>(KEYS);
    settings.remove("AWS_REGION");
    if (name.startsWith("AWS_ENDPOINT") || name.startsWith("AWS_USE")) {
      settings.put("AWS_REGION", "us-east-1");
    }
    settings.put(name, value);

    GeneratorProcess.Exit exit = GeneratorProcess.runToExit(directory, settings);

    assertThat(exit.code()).isEqualTo(2);
    assertThat(exit.output().lines()).singleElement().asString().startsWith("generator: " + line);
  }

  private Path config(String... lines) throws IOException {
    return Files.write(directory.resolve("config"), List.of(lines));
  }

  private void everyTransferIsCalled(Map<String, String> settings) throws Exception {
    try (GeneratorProcess generator = GeneratorProcess.start(directory, settings)) {
      assertThat(generator.generate(Transfer.BUFFERED)).isEqualTo(IMAGE);
      assertThat(generator.generate(Transfer.RESPONSE_STREAM)).isEqualTo(IMAGE);
      fails(generator, Transfer.CALLBACK); // it was called, and has pushed nothing
    }
  }

  private void everyTransferFails(Map<String, String> settings) throws Exception {
    try (GeneratorProcess generator = GeneratorProcess.start(directory, settings)) {
      for (Transfer transfer :
          List.of(Transfer.BUFFERED, Transfer.RESPONSE_STREAM, Transfer.CALLBACK)) {
        fails(generator, transfer);
      }
    }
  }

  private static void fails(GeneratorProcess generator, Transfer transfer) {
    assertRefused(
        () -> generator.generate(transfer), Status.Code.INTERNAL, ErrorReason.FUNCTION_FAILED);
  }
}
