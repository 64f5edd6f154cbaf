package dev.coatcheck.lambda.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a function process behind a URL is given, and what becomes of what it gives. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UrlEventTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private LocalLambda lambda;

  @BeforeAll
  void start() {
    lambda =
        new LocalLambda(
                LocalLambdaConfig.defaults()
                    .withMapCommand(TestProcess.running(ScriptedFunction.class.getName())))
            .start();
  }

  @AfterAll
  void stop() {
    http.close();
    lambda.close();
  }

  @Test
  void requestIsAnEventOfFormatTwo() throws Exception {
    HttpResponse<String> answer =
        send(
            request("echo?a=1&a=2&b=x%20y%2Bz")
                .header("Content-Type", "application/json; charset=utf-8")
                .header("X-Twice", "one")
                .header("X-Twice", "two")
                .header("Cookie", "k=v; l=w")
                .header("User-Agent", "a test")
                .POST(BodyPublishers.ofString("{\"map\": \"한국\"}")));
    JsonNode event = JSON.readTree(answer.body());

    assertThat(event.get("version").textValue()).isEqualTo("2.0");
    assertThat(event.get("routeKey").textValue()).isEqualTo("$default");
    assertThat(event.get("rawPath").textValue()).isEqualTo("/echo");
    assertThat(event.get("rawQueryString").textValue()).isEqualTo("a=1&a=2&b=x%20y%2Bz");
    assertThat(event.get("queryStringParameters").toString())
        .isEqualTo("{\"a\":\"1,2\",\"b\":\"x y+z\"}");
    assertThat(event.get("cookies").toString()).isEqualTo("[\"k=v\",\"l=w\"]");
    assertThat(event.get("headers").get("x-twice").textValue()).isEqualTo("one,two");
    assertThat(event.get("headers").get("x-forwarded-for").textValue()).isEqualTo("127.0.0.1");
    assertThat(event.get("headers").get("x-amzn-trace-id").textValue())
        .matches("Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0")
        .isEqualTo(answer.headers().firstValue("x-amzn-trace-id").orElseThrow());
    assertThat(event.get("body").textValue()).isEqualTo("{\"map\": \"한국\"}");
    assertThat(event.get("isBase64Encoded").booleanValue()).isFalse();

    JsonNode context = event.get("requestContext");
    assertThat(context.get("requestId").textValue())
        .isEqualTo(answer.headers().firstValue("x-amzn-requestid").orElseThrow());
    assertThat(context.get("timeEpoch").longValue())
        .isBetween(System.currentTimeMillis() - 60_000, System.currentTimeMillis());
    assertThat(context.get("time").textValue())
        .matches("\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d \\+0000");
    assertThat(context.get("http").toString())
        .isEqualTo(
            "{\"method\":\"POST\",\"path\":\"/echo\",\"protocol\":\"HTTP/1.1\","
                + "\"sourceIp\":\"127.0.0.1\",\"userAgent\":\"a test\"}");
  }

  @Test
  void bodyThatIsNoTextIsEncoded() throws Exception {
    JsonNode event =
        JSON.readTree(
            send(request("echo")
                    .header("Content-Type", "application/octet-stream")
                    .POST(BodyPublishers.ofByteArray(new byte[] {0, (byte) 0xFF})))
                .body());

    assertThat(event.get("isBase64Encoded").booleanValue()).isTrue();
    assertThat(Base64.getDecoder().decode(event.get("body").textValue()))
        .containsExactly(0, (byte) 0xFF);
  }

  @Test
  void headBecomesStatusHeadersAndCookies() throws Exception {
    HttpResponse<String> answer = send(request("echo"));

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(answer.headers().firstValue("X-Own")).hasValue("yes");
    assertThat(answer.headers().allValues("Set-Cookie")).containsExactly("a=1", "b=2; Path=/");
    assertThat(answer.headers().allValues("Transfer-Encoding")).containsExactly("chunked");
  }

  @Test
  void answerOfAnyOtherTypeIsTheBodyAsItIs() throws Exception {
    HttpResponse<String> answer = send(request("plain"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain");
    assertThat(answer.body()).isEqualTo("as it is");
  }

  @Test
  void answerWithoutAProperHeadIsABadGateway() throws Exception {
    assertThat(send(request("headless")).statusCode()).isEqualTo(502);
  }

  private HttpRequest.Builder request(String pathAndQuery) {
    return HttpRequest.newBuilder(URI.create(lambda.functionUrl("map") + pathAndQuery));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.ofString());
  }
}
