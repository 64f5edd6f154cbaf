package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.DownloadImageRequest.ClaimUse;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.Image;
import io.grpc.Status.Code;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Creating, looking and deleting. */
final class ImagesTest extends GatewayTest {

  @Test
  void createAnswersAtOnceWithThePlaceOfTheImage() throws Exception {
    ScriptedImage image = ScriptedImage.ofSize(1000);
    image.complete = false;
    image.contentType = "";
    generator.next = image;

    var response =
        post(
            "/v1/images",
            """
            {"spec": {"center": {"lat": 37.57, "lon": 126.98}, "zoom": 6, "tags": ["a", null, true]},
             "function": "map", "transfer": "RESPONSE_STREAM", "maxBytes": 33554432,
             "ttl": "600.5s", "pickup": "SINGLE_DELIVERY", "filename": "map.png"}
            """);

    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(response.headers().firstValue("location")).hasValue("/v1/" + image.name);
    assertThat(json(response).toString())
        .isEqualTo(
            """
            {"name":"NAME","state":"GENERATING","claimed":false,"availableBytes":0,\
            "deliveredBytes":0,"createTime":"2023-11-14T22:13:20Z",\
            "expireTime":"2023-11-14T22:23:20Z","links":{"self":"/v1/NAME",\
            "content":"/v1/NAME/content","events":"/v1/NAME/events"}}\
            """
                .replace("NAME", image.name));
    CreateImageRequest asked = generator.creates.getFirst();
    assertThat(asked.getFunction()).isEqualTo("map");
    assertThat(asked.getTransfer()).isEqualTo(CreateImageRequest.Transfer.RESPONSE_STREAM);
    assertThat(asked.getMaxBytes()).isEqualTo(33554432);
    assertThat(asked.getTtl().getSeconds()).isEqualTo(600);
    assertThat(asked.getTtl().getNanos()).isEqualTo(500_000_000);
    assertThat(asked.getFilename()).isEqualTo("map.png");
    assertThat(asked.hasWait()).isFalse();
    Struct spec = asked.getSpec();
    assertThat(spec.getFieldsOrThrow("center").getStructValue().getFieldsOrThrow("lat"))
        .isEqualTo(Value.newBuilder().setNumberValue(37.57).build());
    assertThat(spec.getFieldsOrThrow("zoom").getNumberValue()).isEqualTo(6);
    assertThat(spec.getFieldsOrThrow("tags").getListValue().getValues(1).hasNullValue()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTO", "BUFFERED", "RESPONSE_STREAM", "CALLBACK"})
  void callerMayChooseTheTransfer(CreateImageRequest.Transfer transfer) throws Exception {
    post("/v1/images", "{\"spec\":{},\"transfer\":\"" + transfer + "\"}");

    assertThat(generator.creates.getFirst().getTransfer()).isEqualTo(transfer);
  }

  @Test
  void createThatWaitedForTheImageSaysCreated() throws Exception {
    var response =
        post("/v1/images", "{\"spec\":{}}", "Prefer", "respond-async, wait=20", "Prefer", "x=y");

    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(response.headers().firstValue("preference-applied")).hasValue("wait=20");
    assertThat(generator.creates.getFirst().getWait().getSeconds()).isEqualTo(20);
    var image = json(response);
    assertThat(image.get("sizeBytes").isNumber()).isTrue();
    assertThat(image.get("contentType").asText()).isEqualTo("image/png");
    assertThat(image.get("sha256").asText()).hasSize(64);
  }

  @ParameterizedTest
  @CsvSource({"wait=5, 5", "wait=100, 60", "WAIT=\"7\", 7", "respond-async, 0", "wait=soon, 0"})
  void metadataWaitsAsLongAsTheCallerPrefers(String prefer, long seconds) throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));

    var response = get(uri("/v1/" + image.name), "Prefer", prefer);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(json(response).get("state").asText()).isEqualTo("COMPLETE");
    assertThat(response.headers().firstValue("cache-control")).hasValue("no-store");
    assertThat(generator.gets.getFirst().getWait().getSeconds()).isEqualTo(seconds);
    assertThat(image.downloads).hasValue(0);
  }

  @Test
  void callerWhoLeavesWhileWaitingIsNotWaitedForByTheGenerator() throws Exception {
    speak(Version.HTTP_2);
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    generator.silentGets = true;

    var waiting =
        http.sendAsync(
            request(uri("/v1/" + image.name), "Prefer", "wait=60").version(Version.HTTP_2).build(),
            BodyHandlers.ofByteArray());
    await().atMost(PATIENCE).until(() -> generator.gets.size() == 1);
    waiting.cancel(true);

    await().atMost(PATIENCE).until(() -> generator.cancelledGets.get() == 1);
  }

  @Test
  void deleteIsIdempotent() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));

    for (int i = 0; i < 2; i++) {
      var response = send(request(uri("/v1/" + image.name)).DELETE());
      assertThat(response.statusCode()).isEqualTo(204);
      assertThat(response.body()).isEmpty();
    }
    assertThat(generator.deletes).containsExactly(image.name, image.name);
  }

  @Test
  void headTellsWhatAGetWouldWithoutClaiming() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(123_456));

    for (Version version : Version.values()) {
      goFor(version);
      var response = send(request(contentOf(image)).version(version).HEAD());
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("content-type")).hasValue("image/png");
      assertThat(response.headers().firstValue("content-length")).hasValue("123456");
      assertThat(response.body()).isEmpty();
    }
    assertThat(image.downloads).hasValue(0);
  }

  @ParameterizedTest
  @CsvSource({"FAILED, 504", "DELIVERED, 410"})
  void headOfWhatCannotBePickedUpSaysSo(Image.State state, int status) throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    image.state = state;

    assertThat(send(request(contentOf(image)).HEAD()).statusCode()).isEqualTo(status);

    var metadata = json(get(uri("/v1/" + image.name)));
    assertThat(metadata.get("state").asText()).isEqualTo(state.name());
    assertThat(metadata.path("error").path("reason").asText(null))
        .isEqualTo(state == Image.State.FAILED ? "FUNCTION_TIMEOUT" : null);
  }

  @Test
  void generateAnswersWithTheBytesAndTheirPlace() throws Exception {
    ScriptedImage image = ScriptedImage.ofSize(1_000_000);
    image.complete = false;
    image.contentType = "";
    generator.next = image;

    var response = post("/v1/images:generate", "{\"spec\":{\"a\":1}}");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(image.bytes);
    assertThat(response.headers().firstValue("content-location")).hasValue("/v1/" + image.name);
    assertThat(response.headers().firstValue("content-type")).hasValue("image/png");
    assertThat(response.headers().firstValue("transfer-encoding")).hasValue("chunked");
    assertThat(generator.generates.getFirst().getCreate().getSpec().getFieldsCount()).isOne();
    await().atMost(PATIENCE).until(() -> !image.settlements.isEmpty());
  }

  @Test
  void bytesGoOutAsTheyAreMade() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1_000_000));
    image.complete = false;
    image.gateBytes = 400_000;

    try (var client = new RawConnection(gateway.httpPort())) {
      client.get("/v1/" + image.name + "/content").head();
      assertThat(client.read(300_000)).hasSize(300_000);
      image.openTo(Integer.MAX_VALUE);
      client.read(700_000);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Sec-Purpose, prefetch;prerender",
    "Purpose, preview",
    "X-Purpose, instant",
    "X-Moz, prefetch",
    "User-Agent, WhatsApp/2.23.20.0"
  })
  void previewTouchesNothing(String header, String value) throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));

    var response = get(contentOf(image), header, value);

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("cache-control")).hasValue("no-store");
    assertThat(generator.calls).hasValue(0);
  }

  @Test
  void http10CanPickUpWhatIsComplete() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));

    try (var client = new RawConnection(gateway.httpPort())) {
      client.send("GET /v1/" + image.name + "/content HTTP/1.0\r\n\r\n");
      String head = client.head();
      assertThat(head).contains(" 200 ").containsIgnoringCase("content-length: 1000");
      assertThat(client.readToEnd()).isEqualTo(image.bytes);
    }
  }

  @Test
  void http10CannotPickUpWhatIsStillMade() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    image.complete = false;

    try (var client = new RawConnection(gateway.httpPort())) {
      client.send("GET /v1/" + image.name + "/content HTTP/1.0\r\n\r\n");
      assertThat(client.head()).contains(" 505 ");
    }
    assertThat(image.downloads).hasValue(0);
  }

  /** {@code If-Match} is a list, over however many lines (RFC 9110, 13.1.1). */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"mine\", \"other\" | ``        | mine  | other",
        "\"mine\"            | \"other\" | mine  | other",
        ", \"mine\",,        | \"mine\"  | mine  | ``",
        "\"a,b\", W/\"mine\" | ``        | a,b   | -",
        "\"mine\"            | ``        | mine  | ``"
      })
  void anyOfSeveralTagsMayMatch(String first, String second, String claim, String other)
      throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    String[] headers =
        second.isEmpty()
            ? new String[] {"If-Match", first}
            : new String[] {"If-Match", first, "If-Match", second};

    assertThat(get(contentOf(image), headers).statusCode()).isEqualTo(200);

    assertThat(generator.downloads)
        .singleElement()
        .satisfies(asked -> {
          assertThat(asked.getClaimUse()).isEqualTo(ClaimUse.REQUIRED);
          assertThat(asked.getClaim()).isEqualTo(claim);
          assertThat(String.join(" ", asked.getOtherClaimsList())).isEqualTo(other);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"mine", "\"a\" \"b\"", "\"a\", b", "*, \"a\"", "\"a", ","})
  void whatIsNoListOfTagsIsRefused(String value) throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));

    var response = get(contentOf(image), "If-Match", value);

    assertThat(response.statusCode()).isEqualTo(422);
    assertThat(json(response).get("field").asText()).isEqualTo("If-Match");
    assertThat(image.downloads).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoWantsNothingThatExistsGetsNothing(boolean complete) throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    image.complete = complete;

    assertThat(get(contentOf(image), "If-None-Match", "*").statusCode()).isEqualTo(304);

    assertThat(image.downloads).hasValue(0);
  }

  /** A list over however many lines, of which weak tags are as good (RFC 9110, 13.1.2). */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"mine\"                 | ``         | mine",
        "W/\"mine\"               | ``         | mine",
        "\"other\", W/\"mine\",,  | ``         | other mine",
        "\"other\"                | \"mine\"   | other mine",
        "\"a,b\", \"\"            | W/\"mine\" | a,b mine",
        "\"mine\", W/\"mine\"     | \"mine\"   | mine"
      })
  void whoHoldsTheClaimGetsNothingAgain(String first, String second, String claims)
      throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    generator.downloadRefusal = matches("mine");
    String[] headers =
        second.isEmpty()
            ? new String[] {"If-None-Match", first}
            : new String[] {"If-None-Match", first, "If-None-Match", second};

    for (String accepted : List.of("image/*", "text/event-stream")) {
      generator.downloads.clear();
      assertNotModified(send(request(contentOf(image), headers).header("Accept", accepted).GET()));

      assertThat(generator.downloads)
          .singleElement()
          .satisfies(asked -> {
            assertThat(String.join(" ", asked.getNoneMatchClaimsList())).isEqualTo(claims);
            assertThat(asked.getClaim()).isEmpty();
            assertThat(asked.getClaimUse()).isEqualTo(ClaimUse.OPTIONAL);
          });
    }
    assertThat(image.settlements).isEmpty();
  }

  /** What cannot be a claim's matches nothing: the image is asked for as without the header. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"\"other\" | other", "\"\" | ``", "`` | ``", ", ,W/\"\" | ``"})
  void tagOfAnotherExcludesNothing(String tags, String claims) throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));

    assertThat(get(contentOf(image), "If-None-Match", tags).statusCode()).isEqualTo(200);

    assertThat(String.join(" ", generator.downloads.getFirst().getNoneMatchClaimsList()))
        .isEqualTo(claims);
  }

  /** The generator looks at {@code If-Match} first (RFC 9110, 13.2.2), so both go there. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"\"mine\" | mine", "\"third\" | third", "* | mine other"})
  void preconditionsAreLookedAtInTheirOrder(String ifNoneMatch, String noneMatch) throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    String[] headers = {"If-Match", "\"mine\", \"other\"", "If-None-Match", ifNoneMatch};
    generator.downloadRefusal = matches("mine");
    assertNotModified(get(contentOf(image), headers));
    generator.downloadRefusal = mismatch();
    assertThat(get(contentOf(image), headers).statusCode()).isEqualTo(412);

    assertThat(generator.downloads)
        .hasSize(2)
        .allSatisfy(asked -> {
          assertThat(asked.getClaimUse()).isEqualTo(ClaimUse.REQUIRED);
          assertThat(asked.getClaim()).isEqualTo("mine");
          assertThat(asked.getOtherClaimsList()).containsExactly("other");
          assertThat(String.join(" ", asked.getNoneMatchClaimsList())).isEqualTo(noneMatch);
        });
    assertThat(generator.gets).isEmpty();
  }

  /** It asks by a download that is refused in any case. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``       | \"mine\"           | mine | 304",
        "``       | \"x\", W/\"mine\"  | mine | 304",
        "``       | \"x\"              | ``   | 200",
        "\"mine\" | ``                 | mine | 200",
        "\"mine\" | \"x\"              | mine | 200",
        "\"mine\" | W/\"mine\"         | mine | 304",
        "\"mine\" | *                  | mine | 304",
        "\"x\"    | \"mine\"           | ``   | 412",
        "\"x\"    | *                  | ``   | 412"
      })
  void headSaysWhatAGetWould(String ifMatch, String ifNoneMatch, String present, int status)
      throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    generator.downloadRefusal = present.isEmpty() ? mismatch() : matches(present);
    HttpRequest.Builder head = request(contentOf(image));
    if (!ifMatch.isEmpty()) {
      head.header("If-Match", ifMatch);
    }
    if (!ifNoneMatch.isEmpty()) {
      head.header("If-None-Match", ifNoneMatch);
    }

    var response = send(head.method("HEAD", HttpRequest.BodyPublishers.noBody()));

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("etag"))
        .isEqualTo(status == 304 ? Optional.of("\"mine\"") : Optional.empty());
    assertThat(generator.downloads)
        .singleElement()
        .satisfies(asked -> {
          List<String> shown = new ArrayList<>(List.of(asked.getClaim()));
          shown.addAll(asked.getOtherClaimsList());
          assertThat(asked.getClaimUse()).isEqualTo(ClaimUse.REQUIRED);
          assertThat(asked.getNoneMatchClaimsList()).isEqualTo(shown);
        });
  }

  /** Of a generator that begins it all the same, since it does not know what is excluded. */
  @Test
  void headOfAnOlderGeneratorsClaimBeginsAndBreaksOff() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    image.gateBytes = 0;

    var response =
        send(
            request(contentOf(image), "If-None-Match", "\"mine\"")
                .method("HEAD", HttpRequest.BodyPublishers.noBody()));

    assertThat(response.statusCode()).isEqualTo(304);
    assertThat(image.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mine", "\"a\" \"b\"", "*, \"a\"", "\"a", "w/\"a\"", "W/ \"a\""})
  void whatIsNoListOfTagsSpendsNothing(String value) throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));

    var response = get(contentOf(image), "If-None-Match", value);

    assertThat(response.statusCode()).isEqualTo(422);
    assertThat(json(response).get("field").asText()).isEqualTo("If-None-Match");
    assertThat(image.downloads).hasValue(0);
  }

  @Test
  void tagsThatMayMatchAreLimited() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    StringBuilder tags = new StringBuilder();
    for (int i = 0; i < 65; i++) {
      tags.append("\"").append(i).append("\",");
    }

    assertThat(get(contentOf(image), "If-None-Match", tags.toString()).statusCode()).isEqualTo(422);
    assertThat(image.downloads).hasValue(0);
  }

  private static void assertNotModified(HttpResponse<byte[]> response) {
    assertThat(response.statusCode()).isEqualTo(304);
    assertThat(response.headers().firstValue("etag")).hasValue("\"mine\"");
    assertThat(response.headers().firstValue("cache-control")).hasValue("no-store");
    assertThat(response.headers().firstValue("set-cookie")).isEmpty();
    assertThat(response.body()).isEmpty();
  }

  private static RuntimeException matches(String claim) {
    return Refusals.of(Code.FAILED_PRECONDITION, ErrorReason.ETAG_MATCH, Map.of("claim", claim));
  }

  private static RuntimeException mismatch() {
    return Refusals.of(Code.FAILED_PRECONDITION, ErrorReason.ETAG_MISMATCH, Map.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "400 |          | {",
        "400 |          | ``",
        "400 |          | {\"spec\":{}} x",
        "400 |          | {\"spec\":{}}{}",
        "400 |          | {\"spec\":{\"a\":1,\"a\":2}}",
        "400 |          | {\"spec\":{},\"spec\":{}}",
        "400 |          | {\"spec\":{\"a\":NaN}}",
        "400 |          | {\"spec\":{\"a\":01}}",
        "422 |          | []",
        "422 |          | 1",
        "422 | spec     | {}",
        "422 | spec     | {\"spec\":1}",
        "422 | spec     | {\"spec\":null}",
        "422 | spec.a   | {\"spec\":{\"a\":9007199254740993}}",
        "422 | spec.a.b[1] | {\"spec\":{\"a\":{\"b\":[1,-9007199254740993]}}}",
        "422 | spec.a   | {\"spec\":{\"a\":100000000000000000000000000000}}",
        "422 | spec.a   | {\"spec\":{\"a\":1e400}}",
        "422 | spec.a   | {\"spec\":{\"a\":\"\\ud800\"}}",
        "422 | colour   | {\"spec\":{},\"colour\":1}",
        "422 | function | {\"spec\":{},\"function\":1}",
        "422 | function | {\"spec\":{},\"function\":\"\"}",
        "422 | transfer | {\"spec\":{},\"transfer\":\"buffered\"}",
        "422 | transfer | {\"spec\":{},\"transfer\":\"UPLOAD\"}",
        "422 | transfer | {\"spec\":{},\"transfer\":\"TRANSFER_UNSPECIFIED\"}",
        "422 | maxBytes | {\"spec\":{},\"maxBytes\":0}",
        "422 | maxBytes | {\"spec\":{},\"maxBytes\":1.5}",
        "422 | maxBytes | {\"spec\":{},\"maxBytes\":\"1\"}",
        "422 | maxBytes | {\"spec\":{},\"maxBytes\":99999999999999999999}",
        "422 | ttl      | {\"spec\":{},\"ttl\":600}",
        "422 | ttl      | {\"spec\":{},\"ttl\":\"600\"}",
        "422 | ttl      | {\"spec\":{},\"ttl\":\"0s\"}",
        "422 | ttl      | {\"spec\":{},\"ttl\":\"86400.1s\"}",
        "422 | ttl      | {\"spec\":{},\"ttl\":\"-5s\"}",
        "422 | filename | {\"spec\":{},\"filename\":\"\"}",
        "422 | filename | {\"spec\":{},\"filename\":\"a/b\"}",
        "422 | filename | {\"spec\":{},\"filename\":\"a\\nb\"}",
        "422 | pickup   | {\"spec\":{},\"pickup\":\"SINGLE_READER\"}",
      })
  void wrongBodyIsRefusedWithItsField(int status, String field, String body) throws Exception {
    for (String path : List.of("/v1/images", "/v1/images:generate")) {
      var response = post(path, body);
      assertThat(response.statusCode()).isEqualTo(status);
      var problem = json(response);
      assertThat(problem.get("reason").asText()).isEqualTo("INVALID_REQUEST");
      assertThat(problem.path("field").asText(null)).isEqualTo(field);
    }
    assertThat(generator.calls).hasValue(0);
  }

  @Test
  void deepestSpecArrivesAndADeeperOneIsRefused() throws Exception {
    String deepest = "{\"a\":".repeat(32) + "1" + "}".repeat(32);
    assertThat(post("/v1/images", "{\"spec\":" + deepest + "}").statusCode()).isEqualTo(202);

    assertThat(post("/v1/images", "{\"spec\":{\"a\":" + deepest + "}}").statusCode())
        .isEqualTo(422);
    assertThat(post("/v1/images", "{\"spec\":" + "[".repeat(60_000)).statusCode()).isEqualTo(422);
    assertThat(post("/v1/images", "[".repeat(60_000)).statusCode()).isEqualTo(422);
    assertThat(generator.creates).hasSize(1);
  }

  @Test
  void largestExactIntegersSurvive() throws Exception {
    post("/v1/images", "{\"spec\":{\"a\":9007199254740992,\"b\":-9007199254740992,\"c\":-0.0}}");

    Struct spec = generator.creates.getFirst().getSpec();
    assertThat(spec.getFieldsOrThrow("a").getNumberValue()).isEqualTo(9007199254740992d);
    assertThat(spec.getFieldsOrThrow("b").getNumberValue()).isEqualTo(-9007199254740992d);
    assertThat(spec.getFieldsOrThrow("c").getNumberValue()).isEqualTo(-0.0d);
  }

  @Test
  void bodyOfAnotherTypeOrSizeIsRefused() throws Exception {
    var text = HttpRequest.BodyPublishers.ofString("{\"spec\":{}}");
    assertThat(send(request(uri("/v1/images")).POST(text)).statusCode()).isEqualTo(415);
    assertThat(
            send(request(uri("/v1/images"), "Content-Type", "text/json").POST(text)).statusCode())
        .isEqualTo(415);
    assertThat(
            send(request(uri("/v1/images"), "Content-Type", "Application/JSON; charset=utf-8")
                    .POST(text))
                .statusCode())
        .isEqualTo(202);

    String large = "{\"spec\":{\"a\":\"" + "x".repeat(64 << 10) + "\"}}";
    for (Version version : Version.values()) {
      goFor(version);
      var known =
          send(
              request(uri("/v1/images"), "Content-Type", "application/json")
                  .version(version)
                  .POST(HttpRequest.BodyPublishers.ofString(large)));
      assertThat(known.statusCode()).isEqualTo(413);
      assertThat(json(known).get("reason").asText()).isEqualTo("INVALID_REQUEST");
      var unknown =
          send(
              request(uri("/v1/images"), "Content-Type", "application/json")
                  .version(version)
                  .POST(
                      HttpRequest.BodyPublishers.ofByteArrays(
                          List.of(large.getBytes(StandardCharsets.UTF_8)))));
      assertThat(unknown.statusCode()).isEqualTo(413);
    }
  }

  /** Java's client and curl offer the change to HTTP/2 with the first request, body and all. */
  @Test
  void bodyOfARequestThatOffersHttp2IsRead() throws Exception {
    for (int i = 0; i < 2; i++) {
      var response =
          send(
              request(uri("/v1/images"), "Content-Type", "application/json")
                  .version(Version.HTTP_2)
                  .POST(HttpRequest.BodyPublishers.ofString("{\"spec\":{}}")));
      assertThat(response.statusCode()).isEqualTo(202);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET,    /v1/images,                405, POST",
    "PUT,    /v1/images/x,              405, 'DELETE, GET, HEAD'",
    "POST,   /v1/images/x/content,      405, 'GET, HEAD'",
    "DELETE, /v1/images/x/events,       405, GET",
    "GET,    /v1/images:generate,       405, POST",
    "PUT,    /v1/uploads/x,             405, PATCH",
    "GET,    /v1/uploads/x,             405, PATCH",
    "PATCH,  /v1/uploads/x:complete,    405, POST",
    "POST,   /healthz,                  405, 'GET, HEAD'",
    "PATCH,  /v1/uploads/,              404,",
    "PATCH,  /v1/uploads/x/y,           404,",
    "GET,    /nothing,                  404,",
    "GET,    /v1/images/,               404,",
    "GET,    /v1/images/x/y,            404,",
    "GET,    /v1/images/x/content/,     404,",
    "GET,    /v1/images/%2e%2e,         400,",
    "GET,    /v1/images/a%2fb,          400,"
  })
  void otherPathsAndMethodsAreProblems(String method, String path, int status, String allow)
      throws Exception {
    var response = send(request(uri(path)).method(method, HttpRequest.BodyPublishers.noBody()));

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(response.headers().firstValue("allow").orElse(null)).isEqualTo(allow);
    assertThat(json(response).get("status").asInt()).isEqualTo(status);
    assertThat(generator.calls).hasValue(0);
  }
}
