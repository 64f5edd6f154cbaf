package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A JVM that reaches other hosts through a proxy, which knows nothing of the fleet. */
@Isolated("the properties are the whole process's")
final class HttpsProxyTest extends GatewayTest {

  @BeforeAll
  static void setProxy() {
    System.setProperty("https.proxyHost", "127.0.0.1");
    System.setProperty("https.proxyPort", "1"); // where nobody listens
    System.setProperty("http.nonProxyHosts", "");
  }

  @AfterAll
  static void clearProxy() {
    System.clearProperty("https.proxyHost");
    System.clearProperty("https.proxyPort");
    System.clearProperty("http.nonProxyHosts");
  }

  @Test
  void generatorsAreReachedDirectly() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));

    assertThat(get(contentOf(image)).body()).isEqualTo(image.bytes);
  }
}
