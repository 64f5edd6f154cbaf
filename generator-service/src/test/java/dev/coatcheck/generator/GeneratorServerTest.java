package dev.coatcheck.generator;

import static dev.coatcheck.generator.GeneratorFixture.assertRefused;
import static dev.coatcheck.generator.GeneratorFixture.bytesOf;
import static dev.coatcheck.generator.GeneratorFixture.png;
import static dev.coatcheck.generator.GeneratorFixture.request;
import static dev.coatcheck.generator.GeneratorFixture.retryOf;
import static dev.coatcheck.generator.GeneratorFixture.sha256;
import static dev.coatcheck.generator.GeneratorFixture.thenGoAway;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.v1.ByteRange;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.GenerateImageRequest;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageChunk;
import dev.coatcheck.v1.SettlePickupRequest;
import dev.coatcheck.v1.Settlement;
import dev.coatcheck.v1.WatchImageRequest;
import dev.coatcheck.v1.WatchImageResponse;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The generator as its callers see it, over its real transport; the function is the test's. */
class GeneratorServerTest {

  private final FakeImageSource function = new FakeImageSource();

  @TempDir Path directory;
  private GeneratorFixture generator;

  @BeforeEach
  void start() throws Exception {
    generator = GeneratorFixture.start(directory, function);
  }

  @AfterEach
  void nothingLeaked() {
    generator.awaitPoolFull();
    generator.close();
  }

  @Test
  void handsAnImageOverOnce() throws Exception {
    byte[] image = png(700_000);
    Image created = generator.create();
    assertThat(created.getState()).isEqualTo(Image.State.GENERATING);
    function.next().answer(image);

    assertThat(bytesOf(generator.download(created.getName()))).isEqualTo(image);

    var info =
        assertRefused(
            () -> generator.download(created.getName()).hasNext(),
            Status.Code.NOT_FOUND,
            ErrorReason.IMAGE_DELIVERED);
    assertThat(info.getMetadataMap())
        .isEqualTo(Map.of("sha256", sha256(image), "size_bytes", "700000"));
  }

  @Test
  void sendsTheImageWhileItIsMade() throws Exception {
    byte[] image = png(300_000);
    Iterator<ImageChunk> chunks =
        generator.images.generateImage(
            GenerateImageRequest.newBuilder().setCreate(request()).build());
    FakeImageSource.Call call = function.next();
    ImageChunk first = chunks.next();
    assertThat(first.getImage().getState()).isEqualTo(Image.State.GENERATING);

    call.write(image, 0, 1000);
    ImageChunk second = chunks.next();
    assertThat(second.getData().size())
        .as("all but the newest byte, which may be the last")
        .isEqualTo(999);
    call.write(image, 1000, 300_000);
    call.complete();

    Iterator<ImageChunk> whole = List.of(first, second).iterator();
    assertThat(bytesOf(concat(whole, chunks))).isEqualTo(image);
  }

  @Test
  void reservesBeforeTheFunctionIsCalledAndRefusesWhenFull() throws Exception {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      names.add(generator.create().getName());
    }
    for (int i = 0; i < 8; i++) {
      function.next().answer(png(1 << 20));
    }

    assertRefused(
        generator::create, Status.Code.RESOURCE_EXHAUSTED, ErrorReason.MEMORY_BUDGET_EXHAUSTED);
    assertThat(retryOf(generator::create).getRetryDelay().getSeconds()).isPositive();
    assertThat(function.started()).isEqualTo(8);

    bytesOf(generator.download(names.getFirst()));
    names.add(generator.create().getName());
    var _ = function.next(); // a delivered image makes room at once
    names.forEach(generator::delete);
  }

  @Test
  void givesBackWhatTheImageDidNotNeed() throws Exception {
    String name = generator.create().getName();
    assertThat(generator.server.pool().freeBytes()).isEqualTo(7 << 20);

    function.next().answer(png(100));

    assertThat(generator.server.pool().freeBytes()).isEqualTo((8 << 20) - (256 << 10));
    generator.delete(name);
  }

  @Test
  void growthPastTheReservationFailsThatImageAlone() throws Exception {
    String name = generator.create().getName();
    FakeImageSource.Call call = function.next();
    byte[] image = png((1 << 20) + 1);

    assertThat(call.write(image, 0, 1 << 20)).isTrue();
    assertThat(call.write(image, 1 << 20, image.length)).isFalse();

    assertThat(call.cancelled()).isTrue();
    assertRefused(
        () -> generator.download(name).hasNext(),
        Status.Code.INTERNAL,
        ErrorReason.FUNCTION_FAILED);
    Image failed = get(name);
    assertThat(failed.getState()).isEqualTo(Image.State.FAILED);
    assertThat(failed.getError().getMessage()).contains("max_bytes");
  }

  @Test
  void refusesWhatIsNoImage() throws Exception {
    String name = generator.create().getName();

    function
        .next()
        .answer("<html>an error page</html>".getBytes(java.nio.charset.StandardCharsets.UTF_8));

    assertRefused(
        () -> generator.download(name).hasNext(), Status.Code.INTERNAL, ErrorReason.NOT_AN_IMAGE);
  }

  @Test
  void refusesAnEmptyAnswer() throws Exception {
    String name = generator.create().getName();

    function.next().complete();

    assertThat(get(name).getError().getReason()).isEqualTo(ErrorReason.NOT_AN_IMAGE);
  }

  @Test
  void aFunctionThatFailsHalfWayCutsTheDownload() throws Exception {
    String name = generator.create().getName();
    FakeImageSource.Call call = function.next();
    byte[] image = png(10_000);
    call.write(image, 0, 10_000);
    Iterator<ImageChunk> chunks = generator.download(name);
    assertThat(chunks.next().hasImage()).isTrue();
    assertThat(chunks.next().getData().size()).isEqualTo(9_999);

    call.fail(Refusal.of(ErrorReason.FUNCTION_FAILED, "boom"));

    assertRefused(chunks::hasNext, Status.Code.INTERNAL, ErrorReason.FUNCTION_FAILED);
  }

  @Test
  void aFunctionThatNeverEndsTimesOut(@TempDir Path another) throws Exception {
    try (GeneratorFixture hurried =
        GeneratorFixture.start(another, function, Map.of("COATCHECK_FUNCTION_TIMEOUT", "1s"))) {
      String name = hurried.create().getName();
      FakeImageSource.Call call = function.next();

      Image failed =
          hurried.images.getImage(
              GetImageRequest.newBuilder().setName(name).setWait(seconds(20)).build());

      assertThat(failed.getError().getReason()).isEqualTo(ErrorReason.FUNCTION_TIMEOUT);
      assertThat(call.cancelled()).isTrue();
      hurried.awaitPoolFull();
    }
  }

  @Test
  void aBrokenDownloadMayBeFetchedAgainFromTheStart() throws Exception {
    byte[] image = png(1 << 20);
    String name = generator.create().getName();
    function.next().answer(image);
    ImageChunk second =
        thenGoAway(() -> {
          Iterator<ImageChunk> chunks = generator.download(name);
          chunks.next();
          return chunks.next();
        });
    assertThat(second.getData().isEmpty()).isFalse();

    await()
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(bytesOf(generator.download(name))).isEqualTo(image));
  }

  @Test
  void oneDownloadRunsAtATimeAndTheProofTakesOver() throws Exception {
    String name = generator.create().getName();
    FakeImageSource.Call call = function.next();
    byte[] image = png(10_000);
    call.write(image, 0, 5_000);
    Iterator<ImageChunk> first = generator.download(name);
    String claim = first.next().getClaim();

    assertRefused(
        () -> generator.download(name).hasNext(), Status.Code.ABORTED, ErrorReason.IMAGE_CLAIMED);

    Iterator<ImageChunk> second =
        generator.images.downloadImage(
            DownloadImageRequest.newBuilder().setName(name).setClaim(claim).build());
    assertThat(second.next().getStream()).isEqualTo(2);
    assertThat(first.next().getData().size()).isPositive();
    assertRefused(first::hasNext, Status.Code.ABORTED, ErrorReason.IMAGE_CLAIMED);
    call.write(image, 5_000, 10_000);
    call.complete();
    assertThat(bytesOf(second)).isEqualTo(image);
  }

  @Test
  void withManualSettlementTheNextRequestWaitsForTheWord() throws Exception {
    byte[] image = png(1000);
    String name = generator.create().getName();
    function.next().answer(image);
    bytesOf(manual(name));

    CompletableFuture<ErrorReason> next = CompletableFuture.supplyAsync(() -> reasonOf(name));
    assertThat(settle(name, 1, 1, 0, 1000)).isTrue();

    assertThat(next.get(10, TimeUnit.SECONDS)).isEqualTo(ErrorReason.IMAGE_DELIVERED);
  }

  @Test
  void withoutTheWordTheNextRequestIsRefused() throws Exception {
    String name = generator.create().getName();
    function.next().answer(png(1000));
    bytesOf(manual(name));

    assertThat(reasonOf(name)).isEqualTo(ErrorReason.IMAGE_CLAIMED);

    generator.delete(name);
  }

  @Test
  void aSettlementAsBrokenLetsTheNextOneHaveIt() throws Exception {
    byte[] image = png(1000);
    String name = generator.create().getName();
    function.next().answer(image);
    bytesOf(manual(name));

    assertThat(settle(name, 1, 1, 0, 999)).isFalse();

    assertThat(bytesOf(generator.download(name))).isEqualTo(image);
  }

  @Test
  void refusesSettlementsThatCannotBe() throws Exception {
    String name = generator.create().getName();
    function.next().answer(png(1000));
    bytesOf(manual(name));

    assertRefused(
        () -> settle(name, 1, 1, 0, 1001),
        Status.Code.INVALID_ARGUMENT,
        ErrorReason.INVALID_REQUEST);
    assertRefused(
        () -> settle(name, 1, 1, 5, 5), Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST);
    assertRefused(() -> settle(name, 9, 1, 0, 10), Status.Code.ABORTED, ErrorReason.IMAGE_CLAIMED);
    assertRefused(
        () -> settle("images/none", 1, 1, 0, 10),
        Status.Code.NOT_FOUND,
        ErrorReason.IMAGE_NOT_FOUND);
    assertThat(settle(name, 1, 1, 0, 1000)).as("nothing had changed").isTrue();
  }

  @Test
  void deletingStopsTheFunctionAndCutsTheDownload() throws Exception {
    String name = generator.create().getName();
    FakeImageSource.Call call = function.next();
    call.write(png(1000), 0, 1000);
    Iterator<ImageChunk> chunks = generator.download(name);
    chunks.next();
    chunks.next();

    generator.delete(name);

    assertRefused(chunks::hasNext, Status.Code.NOT_FOUND, ErrorReason.IMAGE_DELETED);
    await()
        .atMost(3, TimeUnit.SECONDS)
        .untilTrue(call.cancelled()); // sooner than it would time out
    assertThat(call.write(png(1000), 0, 1000)).isFalse();
    generator.delete(name);
    assertRefused(() -> get(name), Status.Code.NOT_FOUND, ErrorReason.IMAGE_DELETED);
  }

  @Test
  void expiresWhenNobodyComes() throws Exception {
    String name = generator.images.createImage(request().setTtl(seconds(1)).build()).getName();
    function.next().answer(png(1000));

    generator.awaitPoolFull();

    assertRefused(() -> get(name), Status.Code.NOT_FOUND, ErrorReason.IMAGE_EXPIRED);
  }

  @Test
  void aCallerWhoGoesAwayDoesNotStopTheFunction() throws Exception {
    byte[] image = png(900_000);
    String name =
        thenGoAway(() ->
            generator
                .images
                .generateImage(GenerateImageRequest.newBuilder().setCreate(request()).build())
                .next()
                .getImage()
                .getName());

    function.next().answer(image);

    await()
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(bytesOf(generator.download(name))).isEqualTo(image));
  }

  @Test
  void createWaitsForTheEndWhenAsked() throws Exception {
    CompletableFuture<Image> answer =
        CompletableFuture.supplyAsync(
            () -> generator.images.createImage(request().setWait(seconds(20)).build()));
    function.next().answer(png(1234));

    Image image = answer.get(10, TimeUnit.SECONDS);

    assertThat(image.getState()).isEqualTo(Image.State.COMPLETE);
    assertThat(image.getSizeBytes()).isEqualTo(1234);
    assertThat(image.getContentType()).isEqualTo("image/png");
    generator.delete(image.getName());
  }

  @Test
  void watchersSeeTheImageGrowAndEnd() throws Exception {
    String name = generator.create().getName();
    Iterator<WatchImageResponse> news =
        generator.images.watchImage(WatchImageRequest.newBuilder().setName(name).build());
    assertThat(news.next().getImage().getState()).isEqualTo(Image.State.GENERATING);
    FakeImageSource.Call call = function.next();

    call.write(png(1000), 0, 600);
    assertThat(news.next().getImage().getAvailableBytes()).isEqualTo(600);
    call.write(png(1000), 600, 1000);
    call.complete();
    Image complete = news.next().getImage();
    while (complete.getState() == Image.State.GENERATING) {
      complete = news.next().getImage();
    }
    assertThat(complete.getState()).isEqualTo(Image.State.COMPLETE);
    bytesOf(generator.download(name));

    Image last = complete;
    while (news.hasNext()) {
      last = news.next().getImage();
    }
    assertThat(last.getState()).isEqualTo(Image.State.DELIVERED);
    assertThat(last.getDeliveredBytes()).isEqualTo(1000);
  }

  @Test
  void refusesBadRequestsBeforeAnythingIsReserved() {
    assertInvalid("spec", CreateImageRequest.newBuilder());
    assertInvalid("function", request().setFunction("none"));
    assertInvalid("max_bytes", request().setMaxBytes(-1));
    assertInvalid("max_bytes", request().setMaxBytes(Long.MAX_VALUE));
    assertInvalid("ttl", request().setTtl(seconds(0)));
    assertInvalid("ttl", request().setTtl(seconds(86_401)));
    assertInvalid("wait", request().setWait(seconds(61)));
    assertInvalid("wait", request().setWait(seconds(-1)));
    assertInvalid("transfer", request().setTransferValue(99));
    assertInvalid("filename", request().setFilename("a/b"));
    assertInvalid("filename", request().setFilename("a\r\nb"));
    assertInvalid("filename", request().setFilename("a\\b"));
    assertInvalid("filename", request().setFilename("a\u0085b"));
    assertInvalid("filename", request().setFilename("map\u202egnp.exe"));
    assertInvalid("filename", request().setFilename(".."));
    assertInvalid("filename", request().setFilename("x".repeat(256)));
    assertInvalid("request_id", request().setRequestId("a b"));
    assertInvalid("request_id", request().setRequestId("x".repeat(129)));
    assertInvalid("function", request().setFunction("x".repeat(100_000)));
    assertInvalid(
        "spec",
        request()
            .setSpec(
                Struct.newBuilder()
                    .putFields(
                        "long",
                        com.google.protobuf.Value.newBuilder()
                            .setStringValue("x".repeat(70_000))
                            .build())));
    assertThat(function.started()).isZero();
    for (String name : List.of("", "images/", "image/x", "images/" + "x".repeat(500), "images/x")) {
      assertRefused(
          () -> generator.download(name).hasNext(),
          Status.Code.NOT_FOUND,
          ErrorReason.IMAGE_NOT_FOUND);
      assertRefused(() -> get(name), Status.Code.NOT_FOUND, ErrorReason.IMAGE_NOT_FOUND);
    }
  }

  @Test
  void passesTheSpecOnAsTheCallerWroteIt() throws Exception {
    Struct spec =
        Struct.newBuilder()
            .putFields("width", GeneratorFixture.number(4096))
            .putFields("lat", GeneratorFixture.number(37.57))
            .putFields("seed", GeneratorFixture.number(9007199254740992.0))
            .build();

    String name = generator.images.createImage(request().setSpec(spec).build()).getName();

    String json = function.next().request().specJson();
    assertThat(json).contains("\"width\":4096", "\"lat\":37.57", "\"seed\":9007199254740992");
    assertThat(json).doesNotContain("4096.0");
    generator.delete(name);
  }

  private void assertInvalid(String field, CreateImageRequest.Builder request) {
    var info =
        assertRefused(
            () -> {
              var _ = generator.images.createImage(request.build());
            },
            Status.Code.INVALID_ARGUMENT,
            ErrorReason.INVALID_REQUEST);
    assertThat(info.getMetadataMap()).containsEntry("field", field);
  }

  private ErrorReason reasonOf(String name) {
    return GeneratorFixture.reasonOf(() -> generator.download(name).hasNext());
  }

  private Iterator<ImageChunk> manual(String name) {
    return generator.images.downloadImage(
        DownloadImageRequest.newBuilder().setName(name).setSettlement(Settlement.MANUAL).build());
  }

  private boolean settle(String name, long epoch, long stream, long start, long end) {
    return generator
        .pickups
        .settlePickup(
            SettlePickupRequest.newBuilder()
                .setName(name)
                .setEpoch(epoch)
                .setStream(stream)
                .addRanges(ByteRange.newBuilder().setStart(start).setEnd(end))
                .setOutcome(SettlePickupRequest.Outcome.BROKEN)
                .build())
        .getDelivered();
  }

  private Image get(String name) {
    return generator.images.getImage(GetImageRequest.newBuilder().setName(name).build());
  }

  private static Duration seconds(long seconds) {
    return Duration.newBuilder().setSeconds(seconds).build();
  }

  private static Iterator<ImageChunk> concat(
      Iterator<ImageChunk> first, Iterator<ImageChunk> second) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return first.hasNext() || second.hasNext();
      }

      @Override
      public ImageChunk next() {
        return first.hasNext() ? first.next() : second.next();
      }
    };
  }
}
