package dev.coatcheck.lambda.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.coatcheck.lambda.local.invocation.LogTail;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;

/** A function in processes of its own, as the invoker and the process see it. */
class ProcessFunctionTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private LocalLambda lambda;
  private AwsClient client;

  @BeforeEach
  void start() {
    start(LocalLambdaConfig.defaults());
  }

  private void start(LocalLambdaConfig config) {
    lambda =
        new LocalLambda(
                config.withMapCommand(TestProcess.running(ScriptedFunction.class.getName())))
            .start();
    client = new AwsClient(lambda.url());
  }

  @AfterEach
  void stop() {
    client.close();
    lambda.close();
    assertThat(functionProcesses()).isEmpty();
  }

  @Test
  void processIsToldWhereItIsAndUsedAgain() throws Exception {
    JsonNode first = environment();
    JsonNode second = environment();

    assertThat(first.get("name").textValue()).isEqualTo("map");
    assertThat(first.get("deadline").booleanValue()).isTrue();
    assertThat(second.get("pid")).isEqualTo(first.get("pid"));
  }

  @Test
  void processHasTheEnvironmentOfAwsButForWhatItWasGiven() throws Exception {
    JsonNode environment = environment().get("environment");

    assertThat(environment.get("TZ").textValue()).isEqualTo(":UTC");
    assertThat(environment.get("AWS_REGION").textValue()).isEqualTo("us-east-1");
    for (String given : List.of("_HANDLER", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")) {
      assertThat(environment.get(given).textValue())
          .isEqualTo(
              System.getenv()
                  .getOrDefault(given, given.equals("_HANDLER") ? "bootstrap" : "local"));
    }
    assertThat(Path.of(environment.get("LAMBDA_TASK_ROOT").textValue()))
        .isEqualTo(Path.of(System.getProperty("java.home"), "bin"));
  }

  @Test
  void streamedAnswerArrivesWhole() {
    AwsClient.Streamed answer =
        client.stream("map", "{\"do\": \"stream\", \"bytes\": 2345678}").join();

    assertThat(answer.bytes()).hasSize(2_345_678);
    assertThat(answer.complete().errorCode()).isNull();
  }

  @Test
  void trailersBecomeTheErrorOfInvokeComplete() {
    AwsClient.Streamed answer =
        client.stream("map", "{\"do\": \"failMidway\", \"bytes\": 100000}").join();

    assertThat(answer.bytes()).hasSize(100_000);
    assertThat(answer.complete().errorCode()).isEqualTo("Ink.Empty");
    assertThat(answer.complete().errorDetails()).contains("no more ink");
  }

  @Test
  void errorBeforeTheFirstByteReachesBothCalls() {
    AwsClient.Streamed streamed = client.stream("map", "{\"do\": \"error\"}").join();
    assertThat(streamed.complete().errorCode()).isEqualTo("InvalidSpec");

    InvokeResponse buffered = client.invoke("map", "{\"do\": \"error\"}").join();
    assertThat(buffered.functionError()).isEqualTo("Unhandled");
    assertThat(buffered.payload().asUtf8String()).contains("zoom: 99");
  }

  @Test
  void processThatDiesIsAnExitErrorAndIsReplaced() throws Exception {
    long pid = environment().get("pid").longValue();

    AwsClient.Streamed atOnce = client.stream("map", "{\"do\": \"exit\"}").join();
    assertThat(atOnce.complete().errorCode()).isEqualTo("Runtime.ExitError");
    assertThat(atOnce.complete().errorDetails()).contains("exit status 3");

    AwsClient.Streamed midway = client.stream("map", "{\"do\": \"exitMidway\"}").join();
    assertThat(midway.bytes()).hasSize(1_000_000);
    assertThat(midway.complete().errorCode()).isEqualTo("Runtime.ExitError");

    assertThat(environment().get("pid").longValue()).isNotEqualTo(pid);
  }

  @Test
  void processThatDiesBetweenInvocationsIsReplacedUnnoticed() throws Exception {
    long pid = environment().get("pid").longValue();
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    process.destroyForcibly();
    await().until(() -> !process.isAlive());

    assertThat(environment().get("pid").longValue()).isNotEqualTo(pid);
  }

  @Test
  void invocationThatTakesTooLongIsTimedOut() {
    restart(config -> config.withFunctionTimeout(Duration.ofSeconds(1)));

    AwsClient.Streamed answer = client.stream("map", "{\"do\": \"hang\"}").join();
    assertThat(answer.complete().errorCode()).isEqualTo("Sandbox.Timedout");
    assertThat(answer.complete().errorDetails()).contains("timed out after 1.00 seconds");
  }

  @Test
  void atMostTwoProcessesRunAtOnce() {
    List<CompletableFuture<AwsClient.Streamed>> hanging =
        Stream.generate(() -> client.stream("map", "{\"do\": \"hang\"}")).limit(3).toList();

    await().until(() -> functionProcesses().size() == 2 && received() == 3);
    await().during(Duration.ofMillis(300)).until(() -> functionProcesses().size() == 2);
    hanging.forEach(answer -> assertThat(answer).isNotDone());
  }

  @Test
  void slowInvokerHoldsTheFunctionBack() throws Exception {
    long bytes = 60_000_000;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), lambda.url().getPort())) {
      socket.setReceiveBufferSize(64 * 1024);
      String body = "{\"do\": \"stream\", \"bytes\": " + bytes + "}";
      String head =
          "POST /2021-11-15/functions/map/response-streaming-invocations HTTP/1.1\r\n"
              + "Host: localhost\r\nConnection: close\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n";
      socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      assertThat(in.read()).isEqualTo('H');

      // Nobody reads: what has gone out stands still, far from the end.
      long[] before = {-1};
      await()
          .until(() -> {
            long now = invocations().get(0).get("bytes").longValue();
            boolean still = now > 0 && now == before[0];
            before[0] = now;
            return still;
          });
      assertThat(before[0]).isLessThan(bytes / 2);

      assertThat(in.readAllBytes().length).isGreaterThan((int) bytes);
    }
    await().until(() -> invocations().get(0).get("outcome").textValue().equals("SUCCEEDED"));
  }

  @Test
  void traceAndClientContextComeWithTheEvent() throws Exception {
    String trace = "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1";
    String custom = "{\"custom\":{\"who\":\"a test\"}}";
    HttpResponse<String> answer =
        invoke(
            "X-Amzn-Trace-Id",
            trace,
            "X-Amz-Client-Context",
            Base64.getEncoder().encodeToString(custom.getBytes(StandardCharsets.US_ASCII)));

    assertThat(JSON.readTree(answer.body()).get("traceId").textValue()).isEqualTo(trace);
    assertThat(JSON.readTree(answer.body()).get("clientContext").textValue()).isEqualTo(custom);
    assertThat(answer.headers().firstValue("X-Amzn-Trace-Id")).contains(trace);

    JsonNode bare = JSON.readTree(invoke("X-Amz-Log-Type", "None").body());
    assertThat(bare.get("traceId").textValue())
        .matches("Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0");
    assertThat(bare.get("clientContext").isNull()).isTrue();

    HttpResponse<String> refused = invoke("X-Amz-Client-Context", "no base64!");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.headers().firstValue("x-amzn-errortype"))
        .contains("InvalidRequestContentException");
  }

  /** What the process writes comes by another way than its answer, and may be a moment later. */
  @Test
  void endOfTheLogComesWithTheAnswerIfItIsWanted() throws Exception {
    assertThat(invoke("X-Amz-Log-Type", "None").headers().firstValue("X-Amz-Log-Result")).isEmpty();
    await()
        .untilAsserted(() -> {
          HttpResponse<String> answer = invoke("X-Amz-Log-Type", "Tail");
          String id = answer.headers().firstValue("x-amzn-requestid").orElseThrow();
          assertThat(logOf(answer))
              .isEqualTo(
                  "START RequestId: %s Version: $LATEST\nseen by %s\nEND RequestId: %s\n"
                      .formatted(id, id, id));
        });
  }

  @Test
  void logIsNoLongerThanFourKilobytes() {
    LogTail tail = new LogTail();
    for (int i = 0; i < 1000; i++) {
      tail.add("line " + i);
    }
    byte[] kept = Base64.getDecoder().decode(tail.base64());
    assertThat(kept).hasSize(LogTail.KEPT_BYTES);
    assertThat(new String(kept, StandardCharsets.UTF_8)).endsWith("line 998\nline 999\n");

    tail.add("x".repeat(10_000));
    assertThat(Base64.getDecoder().decode(tail.base64())).hasSize(LogTail.KEPT_BYTES);
  }

  @Test
  void streamOfAProcessMayBeginLikeNoImage() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      var faults =
          HttpRequest.newBuilder(lambda.url().resolve("/_local/faults"))
              .PUT(BodyPublishers.ofString("{\"notAnImage\": true}"))
              .build();
      assertThat(http.send(faults, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
    }

    byte[] answer = client.stream("map", "{\"do\": \"ones\", \"bytes\": 100}").join().bytes();
    assertThat(answer).hasSize(100).startsWith(new byte[8]);
    assertThat(answer[8]).isEqualTo((byte) 1);
  }

  private static String logOf(HttpResponse<String> answer) {
    return new String(
        Base64.getDecoder().decode(answer.headers().firstValue("X-Amz-Log-Result").orElseThrow()),
        StandardCharsets.UTF_8);
  }

  private HttpResponse<String> invoke(String... headers) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(lambda.url().resolve("/2015-03-31/functions/map/invocations"))
              .headers(headers)
              .POST(BodyPublishers.ofString("{\"do\": \"context\"}"))
              .build(),
          BodyHandlers.ofString());
    }
  }

  @Test
  void commandThatCannotBeStartedIsToldToTheInvoker() {
    client.close();
    lambda.close();
    lambda =
        new LocalLambda(LocalLambdaConfig.defaults().withMapCommand(List.of("/nonexistent/java")))
            .start();
    client = new AwsClient(lambda.url());

    AwsClient.Streamed answer = client.stream("map", "{}").join();
    assertThat(answer.complete().errorCode()).isEqualTo("Runtime.InvalidEntrypoint");
  }

  @Test
  void runtimeApiIsNotOnTheInvokersPort() {
    assertThatThrownBy(() -> client.stream("next", "{}").join()).isNotNull();
    assertThat(status("/2018-06-01/runtime/invocation/next")).isEqualTo(404);
  }

  private void restart(Function<LocalLambdaConfig, LocalLambdaConfig> change) {
    client.close();
    lambda.close();
    start(change.apply(LocalLambdaConfig.defaults()));
  }

  private JsonNode environment() throws IOException {
    InvokeResponse answer = client.invoke("map", "{\"do\": \"environment\"}").join();
    assertThat(answer.functionError()).isNull();
    return JSON.readTree(answer.payload().asByteArray());
  }

  private static List<ProcessHandle> functionProcesses() {
    return ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList();
  }

  private int received() {
    return invocations().size();
  }

  private JsonNode invocations() {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(lambda.url().resolve("/_local/invocations")).build();
      return JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private int status(String path) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(lambda.url().resolve(path)).build();
      return http.send(request, BodyHandlers.ofString()).statusCode();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
