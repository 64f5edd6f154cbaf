package dev.coatcheck.generator;

import static dev.coatcheck.generator.GeneratorFixture.assertRefused;
import static dev.coatcheck.generator.GeneratorFixture.png;
import static dev.coatcheck.generator.GeneratorFixture.request;
import static dev.coatcheck.generator.GeneratorFixture.sha256;
import static dev.coatcheck.generator.GeneratorFixture.thenGoAway;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import dev.coatcheck.v1.ByteRange;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.DownloadImageRequest.ClaimUse;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageChunk;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts of an image, resumes, and creates that are sent twice. */
class GeneratorRangeTest {

  private static final int SIZE = 600_000;

  private final FakeImageSource function = new FakeImageSource();
  private final byte[] image = png(SIZE);

  @TempDir Path directory;
  private GeneratorFixture generator;

  @BeforeEach
  void start() throws Exception {
    generator = GeneratorFixture.start(directory, function);
  }

  @AfterEach
  void nothingLeaked() {
    try (GeneratorFixture ending = generator) {
      ending.awaitPoolFull();
    }
  }

  @Test
  void readsSections() throws Exception {
    String name = complete();

    assertSection(read(name, 0, 1), 0, 1);
    assertSection(read(name, 100, 300_000), 100, 300_100);
    assertSection(read(name, SIZE - 1, 1), SIZE - 1, SIZE);
    assertSection(read(name, SIZE - 5, 10), SIZE - 5, SIZE);
    assertSection(readSuffix(name, 7), SIZE - 7, SIZE);
    assertSection(readSuffix(name, SIZE + 1), 0, SIZE);
    generator.delete(name);
  }

  @Test
  void aResumeByTheClaimOrByTheKeyAloneDeliversTheWhole() throws Exception {
    for (boolean byClaim : new boolean[] {true, false}) {
      String name = complete();
      List<ImageChunk> first = read(name, 0, 400_000);
      String claim = byClaim ? first.getFirst().getClaim() : "";

      List<ImageChunk> rest = messages(from(name, 400_000).setClaim(claim).build());

      assertThat(rest.getFirst().getClaim().equals(first.getFirst().getClaim())).isEqualTo(byClaim);
      assertThat(bytes(rest)).isEqualTo(Arrays.copyOfRange(image, 400_000, SIZE));
      assertThat(rest.getLast().getSha256()).isEqualTo(sha256(image));
      assertRefused(
          () -> messages(from(name, 0).build()),
          Status.Code.NOT_FOUND,
          ErrorReason.IMAGE_DELIVERED);
    }
  }

  @Test
  void aClaimantWhoHasTheLastByteMayJustSaySo() throws Exception {
    String name = complete();
    ImageChunk head =
        thenGoAway(() -> {
          Iterator<ImageChunk> chunks = generator.images.downloadImage(from(name, 0).build());
          ImageChunk first = chunks.next();
          chunks.forEachRemaining(_ -> {});
          return first;
        });

    assertThat(
            assertRefused(
                    () -> messages(from(name, SIZE).setClaim(head.getClaim()).build()),
                    Status.Code.OUT_OF_RANGE,
                    ErrorReason.RANGE_PAST_END)
                .getMetadataMap())
        .containsEntry("size_bytes", "" + SIZE);
    assertRefused(
        () -> messages(from(name, SIZE + 1).build()),
        Status.Code.NOT_FOUND,
        ErrorReason.IMAGE_DELIVERED);
  }

  @Test
  void aRangeThatWaitsSaysNothingBeforeItIsThere() throws Exception {
    Image created = generator.create();
    FakeImageSource.Call call = function.next();
    call.write(image, 0, 200_000);
    CompletableFuture<List<ImageChunk>> range =
        inBackground(
            from(created.getName(), 100_000).setReadLimit(200_000).setWaitForRange(true).build());

    call.write(image, 200_000, 300_000);
    assertNotDone(range);
    call.write(image, 300_000, 300_001);
    List<ImageChunk> answer = range.get(10, TimeUnit.SECONDS);
    assertThat(bytes(answer)).isEqualTo(Arrays.copyOfRange(image, 100_000, 300_000));
    assertThat(answer.getFirst().getRange())
        .isEqualTo(ByteRange.newBuilder().setStart(100_000).setEnd(300_000).build());
    assertThat(answer.getLast().getLast()).isTrue();
    assertThat(answer.getLast().getSha256()).isEmpty();

    CompletableFuture<List<ImageChunk>> open =
        inBackground(from(created.getName(), 100_000).setWaitForRange(true).build());
    assertNotDone(open);
    call.write(image, 300_001, SIZE);
    assertNotDone(open);
    call.complete();
    assertSection(open.get(10, TimeUnit.SECONDS), 100_000, SIZE);
    generator.delete(created.getName());
  }

  @Test
  void aRangeThatTurnsOutToBePastTheEnd() throws Exception {
    Image created = generator.create();
    FakeImageSource.Call call = function.next();
    call.write(image, 0, 1000);
    CompletableFuture<List<ImageChunk>> range =
        inBackground(from(created.getName(), 1000).setReadLimit(1).setWaitForRange(true).build());
    assertNotDone(range);

    call.complete();

    assertRefused(
        () -> {
          try {
            var _ = range.get(10, TimeUnit.SECONDS);
          } catch (java.util.concurrent.ExecutionException e) {
            throw e.getCause();
          }
        },
        Status.Code.OUT_OF_RANGE,
        ErrorReason.RANGE_PAST_END);
    generator.delete(created.getName());
  }

  @Test
  void aClaimMayBeRequired() throws Exception {
    String name = complete();
    ImageChunk head = read(name, 0, 10).getFirst();

    assertRefused(
        () -> messages(from(name, 0).setClaim("other").setClaimUse(ClaimUse.REQUIRED).build()),
        Status.Code.FAILED_PRECONDITION,
        ErrorReason.ETAG_MISMATCH);
    List<ImageChunk> whole =
        messages(from(name, 10).setClaim("other").setClaimUse(ClaimUse.FOR_RANGE).build());
    assertThat(bytes(whole)).isEqualTo(image);
    assertThat(whole.getFirst().hasRange()).isFalse();
    assertThat(whole.getFirst().getEpoch()).isEqualTo(head.getEpoch() + 1);
  }

  @Test
  void anyOfSeveralClaimsIsGoodEnough() throws Exception {
    String name = complete();
    ImageChunk head = read(name, 0, 10).getFirst();

    assertRefused(
        () ->
            messages(
                from(name, 0)
                    .addAllOtherClaims(List.of("other", "-"))
                    .setClaimUse(ClaimUse.REQUIRED)
                    .build()),
        Status.Code.FAILED_PRECONDITION,
        ErrorReason.ETAG_MISMATCH);

    List<ImageChunk> whole =
        messages(
            from(name, 0)
                .setClaim("other")
                .addAllOtherClaims(List.of("-", "", head.getClaim()))
                .setClaimUse(ClaimUse.REQUIRED)
                .build());

    assertThat(bytes(whole)).isEqualTo(image);
    assertThat(whole.getFirst().getEpoch()).isEqualTo(head.getEpoch());
  }

  /** While it waits for the rest, once it is delivered, and not any more when it is gone. */
  @Test
  void claimThatIsExcludedBeginsNothing() throws Exception {
    String name = complete();
    ImageChunk head = read(name, 0, 10).getFirst();

    assertMatched(name, head.getClaim());
    assertThat(bytes(messages(excluding(name, "other").setClaim(head.getClaim()).build())))
        .isEqualTo(image);
    assertMatched(name, head.getClaim());
    assertRefused(
        () -> messages(excluding(name, "other").build()),
        Status.Code.NOT_FOUND,
        ErrorReason.IMAGE_DELIVERED);
    ImageChunk again = messages(from(name, 0).setClaim(head.getClaim()).build()).getFirst();
    assertThat(again.getEpoch()).isEqualTo(head.getEpoch());
    assertThat(again.getStream()).as("none has begun meanwhile").isEqualTo(head.getStream() + 2);

    generator.delete(name);
    assertRefused(
        () -> messages(excluding(name, head.getClaim()).build()),
        Status.Code.NOT_FOUND,
        ErrorReason.IMAGE_DELIVERED);
  }

  private void assertMatched(String name, String claim) {
    for (DownloadImageRequest.Builder request :
        List.of(
            excluding(name, claim),
            excluding(name, "other", "", claim),
            excluding(name, claim).setClaim("other").setClaimUse(ClaimUse.FOR_RANGE),
            excluding(name, claim).setClaim(claim).setClaimUse(ClaimUse.REQUIRED),
            excluding(name, claim).setReadOffset(image.length + 1))) {
      assertThat(
              assertRefused(
                      () -> messages(request.build()),
                      Status.Code.FAILED_PRECONDITION,
                      ErrorReason.ETAG_MATCH)
                  .getMetadataMap())
          .containsEntry("claim", claim);
    }
  }

  private static DownloadImageRequest.Builder excluding(String name, String... claims) {
    return from(name, 0).addAllNoneMatchClaims(List.of(claims));
  }

  @Test
  void refusesSectionsThatAreNone() throws Exception {
    String name = complete();
    for (DownloadImageRequest.Builder wrong :
        List.of(
            from(name, -1),
            from(name, 0).setReadLimit(-1),
            from(name, 0).setReadSuffix(-1),
            from(name, 1).setReadSuffix(1),
            from(name, 0).addAllOtherClaims(Collections.nCopies(65, "other")),
            from(name, 0).addAllNoneMatchClaims(Collections.nCopies(65, "other")),
            from(name, 0).setClaimUseValue(77))) {
      assertRefused(
          () -> messages(wrong.build()), Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST);
    }
    assertThat(read(name, 0, 1).getFirst().getEpoch()).as("nothing was claimed").isEqualTo(1);
    generator.delete(name);
  }

  @Test
  void aSingleClaimantHasTheImageForItself() throws Exception {
    String name =
        generator
            .images
            .createImage(request().setPickup(CreateImageRequest.Pickup.SINGLE_CLAIMANT).build())
            .getName();
    function.next().answer(image);
    ImageChunk head = read(name, 0, 1).getFirst();

    assertRefused(
        () -> messages(from(name, 0).build()), Status.Code.ABORTED, ErrorReason.IMAGE_CLAIMED);
    assertThat(bytes(messages(from(name, 0).setClaim(head.getClaim()).build()))).isEqualTo(image);
  }

  @Test
  void aCreateThatIsSentAgainIsAnsweredWithTheSameImage() throws Exception {
    CreateImageRequest create = request().setRequestId("3f0c-1").build();
    Image first = generator.images.createImage(create);
    FakeImageSource.Call call = function.next();

    assertThat(generator.images.createImage(create).getName()).isEqualTo(first.getName());
    assertThat(
            assertRefused(
                    () -> generator.images.createImage(create.toBuilder().setMaxBytes(77).build()),
                    Status.Code.INVALID_ARGUMENT,
                    ErrorReason.INVALID_REQUEST)
                .getMetadataMap())
        .containsEntry("field", "request_id");
    call.answer(image);
    Image again =
        generator.images.createImage(
            create.toBuilder().setWait(Duration.newBuilder().setSeconds(5)).build());
    assertThat(again.getName()).isEqualTo(first.getName());
    assertThat(again.getState()).isEqualTo(Image.State.COMPLETE);
    assertThat(function.started()).isEqualTo(1);

    generator.delete(first.getName());
    assertRefused(
        () -> generator.images.createImage(create),
        Status.Code.NOT_FOUND,
        ErrorReason.IMAGE_DELETED);
    assertThat(function.started()).isEqualTo(1);
  }

  @Test
  void manyCreatesAtOnceWithOneIdCallTheFunctionOnce() throws Exception {
    Struct.Builder spec = Struct.newBuilder();
    for (int i = 0; i < 20; i++) {
      spec.putFields("field " + i, GeneratorFixture.number(i));
    }
    CreateImageRequest create = request().setSpec(spec).setRequestId("one").build();
    List<CompletableFuture<String>> names = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      names.add(
          CompletableFuture.supplyAsync(() -> generator.images.createImage(create).getName()));
    }

    assertThat(names.stream().map(CompletableFuture::join).distinct()).hasSize(1);
    function.next().answer(image);
    assertThat(function.started()).isEqualTo(1);
    generator.delete(names.getFirst().join());
  }

  private String complete() throws Exception {
    Image created = generator.create();
    function.next().answer(image);
    return created.getName();
  }

  private static DownloadImageRequest.Builder from(String name, long offset) {
    return DownloadImageRequest.newBuilder().setName(name).setReadOffset(offset);
  }

  private List<ImageChunk> read(String name, long offset, long limit) {
    return messages(from(name, offset).setReadLimit(limit).build());
  }

  private List<ImageChunk> readSuffix(String name, long suffix) {
    return messages(from(name, 0).setReadSuffix(suffix).build());
  }

  private List<ImageChunk> messages(DownloadImageRequest request) {
    List<ImageChunk> messages = new ArrayList<>();
    generator.images.downloadImage(request).forEachRemaining(messages::add);
    assertThat(messages.getLast().getLast()).isTrue();
    return messages;
  }

  private CompletableFuture<List<ImageChunk>> inBackground(DownloadImageRequest request) {
    return CompletableFuture.supplyAsync(() -> messages(request));
  }

  /** What must not happen can only be waited for. */
  private static void assertNotDone(CompletableFuture<?> call) throws InterruptedException {
    Thread.sleep(150);
    assertThat(call).isNotDone();
  }

  private void assertSection(List<ImageChunk> messages, int start, int end) throws Exception {
    assertThat(messages.getFirst().getOffset()).isEqualTo(start);
    assertThat(messages.getFirst().getRange())
        .isEqualTo(ByteRange.newBuilder().setStart(start).setEnd(end).build());
    assertThat(bytes(messages)).isEqualTo(Arrays.copyOfRange(image, start, end));
    assertThat(messages.getLast().getSizeBytes()).isEqualTo(SIZE);
    assertThat(messages.getLast().getSha256()).isEqualTo(sha256(image));
  }

  private static byte[] bytes(List<ImageChunk> messages) {
    ByteString all = ByteString.EMPTY;
    long offset = messages.getFirst().getOffset();
    for (ImageChunk message : messages) {
      if (!message.getData().isEmpty()) {
        assertThat(message.getOffset()).isEqualTo(offset + all.size());
        all = all.concat(message.getData());
      }
    }
    return all.toByteArray();
  }
}
