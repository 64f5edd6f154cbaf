package dev.coatcheck.lambda.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LocalLambdaConfigTest {

  @Test
  void hasDefaults() {
    LocalLambdaConfig config = LocalLambdaConfig.fromEnvironment(Map.of());
    assertThat(config.host()).isEqualTo("127.0.0.1");
    assertThat(config.port()).isEqualTo(9001);
    assertThat(config.concurrency()).isEqualTo(2);
    assertThat(config.bytesConcurrency()).isEqualTo(64);
    assertThat(config.functionTimeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(config.faults()).isEqualTo("{}");
    assertThat(config.cors().origins()).isEmpty();
  }

  @Test
  void readsEverySetting() {
    assertThat(
            LocalLambdaConfig.fromEnvironment(
                Map.of(
                    "COATCHECK_LISTEN", "0.0.0.0:0",
                    "COATCHECK_MAP_COMMAND", "java -jar  map.jar",
                    "COATCHECK_LAMBDA_CONCURRENCY", "3",
                    "COATCHECK_BYTES_CONCURRENCY", "500",
                    "COATCHECK_LAMBDA_TIMEOUT", "1500ms",
                    "COATCHECK_LAMBDA_FAULT", "{\"throttle\": true}",
                    "COATCHECK_FUNCTION_URL_ORIGINS", "http://localhost:8080, https://a.example",
                    "COATCHECK_INVOCATION_LOG", "false")))
        .isEqualTo(
            new LocalLambdaConfig(
                "0.0.0.0",
                0,
                List.of("java", "-jar", "map.jar"),
                3,
                500,
                Duration.ofMillis(1500),
                "{\"throttle\": true}",
                "http://localhost:8080, https://a.example",
                false));
  }

  @Test
  void tellsAllThatIsWrongAtOnce() {
    assertThatThrownBy(() ->
            LocalLambdaConfig.fromEnvironment(
                Map.of(
                    "COATCHECK_LISTEN", "9001",
                    "COATCHECK_MAP_JAR", "/nowhere/map.jar",
                    "COATCHECK_LAMBDA_CONCURRENCY", "0",
                    "COATCHECK_LAMBDA_TIMEOUT", "soon",
                    "COATCHECK_LAMBDA_FAULT", "{\"fial\": 1}",
                    "COATCHECK_FUNCTION_URL_ORIGINS", "localhost:8080",
                    "COATCHECK_INVOCATION_LOG", "yes")))
        .hasMessageContaining(
            "COATCHECK_LISTEN: 9001 (expected: 127.0.0.1, or 0.0.0.0 for all, and a port)")
        .hasMessageContaining("COATCHECK_MAP_JAR: /nowhere/map.jar (expected: ")
        .hasMessageContaining("COATCHECK_LAMBDA_CONCURRENCY: 0 (expected: ")
        .hasMessageContaining("COATCHECK_LAMBDA_TIMEOUT: soon (expected: ")
        .hasMessageContaining("COATCHECK_LAMBDA_FAULT: fial: unknown field")
        .hasMessageContaining("COATCHECK_FUNCTION_URL_ORIGINS: localhost:8080 (expected: ");
  }
}
