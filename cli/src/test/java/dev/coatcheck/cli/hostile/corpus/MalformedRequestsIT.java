package dev.coatcheck.cli.hostile.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.cli.hostile.Target;
import dev.coatcheck.cli.hostile.attack.Door;
import dev.coatcheck.cli.proxy.ProxyProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The gateway answers each malformed request as the RFCs say; and behind a proxy it sees as many
 * requests as the proxy has passed on, however they are written: where the two count differently,
 * one client's request becomes another's (request smuggling).
 */
final class MalformedRequestsIT {

  private static final Duration TO_COUNT = Duration.ofSeconds(3);
  private static final byte[] PLAIN =
      "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  @TempDir private static Path directory;

  private static Target target;

  /** What is to be closed in the end, in this order. */
  private static final List<AutoCloseable> opened = new ArrayList<>();

  /** Begins a proxy before what listens at a port. */
  private interface Start {
    FrontProxy before(Path directory, int backend) throws IOException;
  }

  @BeforeAll
  static void start() throws Exception {
    target = Target.start();
  }

  private static InetSocketAddress gateway() {
    return target.address(Door.GATEWAY_HTTP);
  }

  @TestFactory
  Stream<DynamicTest> isAnsweredByGateway() {
    return MalformedRequest.all().stream()
        .map(request -> DynamicTest.dynamicTest(request.name(), () -> isAnswered(request)));
  }

  private static void isAnswered(MalformedRequest request) throws IOException {
    Answers answers = Answers.of(gateway(), request.toBytes());
    assertThat(answers.toString()).as(request.name()).isIn(request.answers());
    assertThat(answers.open() || answers.isCloseAnnounced())
        .as("the close is announced: %s", answers.received())
        .isTrue();
  }

  @TestFactory
  Stream<DynamicTest> isOneRequestForNginxAndGateway() throws IOException {
    return isOneRequestForBoth("nginx", FrontProxy::nginx);
  }

  @TestFactory
  Stream<DynamicTest> isOneRequestForHaproxyAndGateway() throws IOException {
    return isOneRequestForBoth("haproxy", FrontProxy::haproxy);
  }

  private static Stream<DynamicTest> isOneRequestForBoth(String name, Start start)
      throws IOException {
    if (!ProxyProcess.isHere(name)) {
      return Stream.empty();
    }
    Tap tap = Tap.before(gateway());
    FrontProxy proxy = start.before(Files.createDirectory(directory.resolve(name)), tap.port());
    opened.add(proxy);
    opened.add(tap);
    return MalformedRequest.all().stream()
        .map(request ->
            DynamicTest.dynamicTest(name + ": " + request, () -> countsAlike(request, proxy, tap)));
  }

  private static void countsAlike(MalformedRequest request, FrontProxy proxy, Tap tap)
      throws IOException {
    int passedOnBefore = proxy.passedOn();
    int answersBefore = tap.answers();
    String answers = Answers.to(proxy.address(), request.toBytes());
    // Whatever is left on a connection that the proxy keeps falls upon the next request.
    for (int i = 0; i < 3; i++) {
      assertThat(Answers.to(proxy.address(), PLAIN))
          .as("the next request after: %s, which was answered %s", request.name(), answers)
          .isEqualTo("200");
    }
    await(request.name() + ", answered " + answers)
        .atMost(TO_COUNT)
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(() ->
            assertThat(tap.answers() - answersBefore)
                .as("answers of the gateway")
                .isBetween(
                    proxy.passedOn() - passedOnBefore - mayBeMissing(answers),
                    proxy.passedOn() - passedOnBefore));
  }

  /** A request that the proxy itself refuses half way is given up, with its connection. */
  private static int mayBeMissing(String answers) {
    return answers.matches(".*[45][0-9]{2}") ? 1 : 0;
  }

  @AfterAll
  static void end() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
    target.close();
  }
}
