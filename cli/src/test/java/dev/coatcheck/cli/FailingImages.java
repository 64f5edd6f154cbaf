package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import dev.coatcheck.cli.FaultRow.Seen;
import dev.coatcheck.lambda.local.bytes.BytesFunction;
import dev.coatcheck.v1.Image;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Images whose function fails as one row says: each is asked for in another way, and everybody who
 * may hear of its end is asked what they heard.
 */
final class FailingImages {

  private final RpcCaller rpc;
  private final HttpCaller http;
  private final FaultRow row;
  private final Refused overHttp;
  private final Refused overGrpc;

  FailingImages(RpcCaller rpc, HttpCaller http, FaultRow row) {
    this.rpc = rpc;
    this.http = http;
    this.row = row;
    this.overHttp = Refused.overHttp(row.reason());
    this.overGrpc = Refused.overGrpc(row.reason());
  }

  /** Four images that are asked for, two of them by callers who wait, and watched by all means. */
  List<Callable<?>> created() {
    return List.of(
        this::createOverHttp,
        this::createOverGrpc,
        () -> assertThat(http.refusalOfWaiting(row.request())).isEqualTo(overHttp),
        () -> assertThat(rpc.refusalOfWaiting(row.request())).isEqualTo(overGrpc));
  }

  /** Two more, in the answer to the request for them. */
  List<Callable<?>> generated() {
    return List.of(
        () -> check(http.generate(row.request()), overHttp),
        () -> check(rpc.generate(row.request()), overGrpc));
  }

  private Object createOverHttp() throws Exception {
    String name = http.create(row.request());
    FaultyFleet.together(
        List.of(
            () -> check(http.content(name), overHttp),
            () -> failed(http.lastEvent(name)),
            () -> failed(rpc.lastNews(name)),
            () -> failed(http.finished(name))));
    return afterwards(name);
  }

  private Object createOverGrpc() throws Exception {
    String name = rpc.create(row.request());
    FaultyFleet.together(
        List.of(
            () -> check(rpc.download(name), overGrpc),
            () -> failed(http.lastEvent(name)),
            () -> failed(rpc.lastNews(name))));
    return afterwards(name);
  }

  /** Who comes after the failure is told of it, whatever there was before it. */
  private Object afterwards(String name) throws Exception {
    failed(http.finished(name));
    failed(rpc.get(name));
    assertThat(http.send("HEAD", "/v1/" + name + "/content", "").statusCode())
        .isEqualTo(Integer.parseInt(overHttp.status()));
    return assertThat(List.of(http.content(name), rpc.download(name)))
        .containsExactly(new Ending.Told(overHttp), new Ending.Told(overGrpc));
  }

  private Object check(Ending ending, Refused expected) {
    switch (ending) {
      case Ending.Told(Refused refused) -> {
        assertThat(refused).isEqualTo(expected);
        assertThat(row.seen()).as("nothing of it").isNotEqualTo(Seen.BYTES);
      }
      case Ending.Broken(ByteString bytes) -> {
        assertThat(row.seen()).as(bytes.size() + " bytes of it").isNotEqualTo(Seen.NOTHING);
        assertThat(bytes.toByteArray())
            .isEqualTo(Arrays.copyOf(BytesFunction.content(3_000_000, 0), bytes.size()));
      }
      case Ending.Whole whole -> throw new AssertionError(row + " ended cleanly, " + whole);
    }
    return ending;
  }

  private Object failed(JsonNode image) {
    assertThat(image.path("state").asText()).isEqualTo("FAILED");
    return assertThat(image.path("error").path("reason").asText()).isEqualTo(row.reason().name());
  }

  private Object failed(Image image) {
    assertThat(image.getState()).isEqualTo(Image.State.FAILED);
    return assertThat(image.getError().getReason()).isEqualTo(row.reason());
  }
}
