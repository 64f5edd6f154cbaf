package dev.coatcheck.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.coatcheck.client.CoatcheckException.Kind;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.ImageChunk;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pickup, with all that can break on the way; a chunk has 10,000 bytes, the image 10 of them. */
@Timeout(30)
class PickupTest {

  private static final int CHUNK = 10_000;
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private Path directory;

  private ScriptedFleet fleet;
  private CoatcheckClient client;

  @BeforeEach
  void start() throws IOException {
    fleet = new ScriptedFleet(new ScriptedImage(10 * CHUNK, CHUNK));
    client = client(Duration.ofSeconds(10));
  }

  @AfterEach
  void stop() throws InterruptedException {
    client.close();
    fleet.close();
  }

  private CoatcheckClient client(Duration patience) {
    return CoatcheckClient.builder(fleet.target()).patience(patience).build();
  }

  @Test
  void comesWholeAndIsAcknowledged() throws IOException {
    ImagePickup pickup = client.generate(Map.of("zoom", 6)).acknowledge();
    try (InputStream stream = pickup.stream()) {
      assertThat(stream.readAllBytes()).isEqualTo(fleet.image.bytes());
      assertThat(stream.read()).isEqualTo(-1);
    }
    assertThat(pickup.name()).isEqualTo(ScriptedImage.NAME);
    assertThat(pickup.claim()).isEqualTo(ScriptedImage.CLAIM);
    assertThat(fleet.creates.get(0).getSpec().getFieldsOrThrow("zoom").getNumberValue())
        .isEqualTo(6);
    assertThat(fleet.deleted).containsExactly(ScriptedImage.NAME);
  }

  @Test
  void isNotAcknowledgedUnasked() throws IOException {
    assertThat(read(client.resume("a-key"))).isEqualTo(fleet.image.bytes());
    assertThat(fleet.creates).isEmpty();
    assertThat(fleet.deleted).isEmpty();
  }

  @Test
  void goesOnAfterABreakAtTheFirstMessage() throws IOException {
    fleet.downloading((request, out) -> out.onError(Status.UNAVAILABLE.asException()));
    goesOnFrom(0, "");
  }

  @Test
  void goesOnAfterABreakBehindTheHead() throws IOException {
    fleet.downloading(breakingAfter(0, Status.UNAVAILABLE));
    goesOnFrom(0, ScriptedImage.CLAIM);
  }

  @Test
  void goesOnAfterABreakAtTheEdgeOfAChunk() throws IOException {
    fleet.downloading(breakingAfter(3, Status.UNAVAILABLE));
    goesOnFrom(3 * CHUNK - 1, ScriptedImage.CLAIM);
  }

  @Test
  void goesOnAfterAReset() throws IOException {
    fleet.downloading(breakingAfter(4, Status.INTERNAL));
    goesOnFrom(4 * CHUNK - 1, ScriptedImage.CLAIM);
  }

  @Test
  void goesOnWhenAllCameButTheLastMessage() throws IOException {
    fleet.downloading(breakingAfter(10, Status.UNAVAILABLE));
    goesOnFrom(10 * CHUNK - 1, ScriptedImage.CLAIM);
  }

  /** A client that has left by then may look like one that was broken off. */
  @Test
  void isWholeOnlyWhenTheStreamHasEnded() throws Exception {
    var open = new CompletableFuture<ServerCallStreamObserver<ImageChunk>>();
    fleet.downloading((request, out) -> {
      fleet.send(10, request, out);
      out.onNext(fleet.image.last());
      open.complete(out);
    });
    try (InputStream stream = client.generate(Map.of()).stream()) {
      assertThat(stream.readNBytes(10 * CHUNK)).isEqualTo(fleet.image.bytes());
      var end = CompletableFuture.supplyAsync(() -> readUnchecked(stream));
      var out = open.get(10, TimeUnit.SECONDS);
      await().during(Duration.ofMillis(300)).until(() -> !end.isDone());
      out.onCompleted();
      assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
    }
    assertThat(fleet.cancelled.getCount()).isEqualTo(1);
  }

  /** Such as a decoder that knows where its image ends. */
  @Test
  void streamGoesOnToItsEndWithoutAReaderWhoHasAll() throws Exception {
    var open = new CompletableFuture<ServerCallStreamObserver<ImageChunk>>();
    fleet.downloading((request, out) -> {
      fleet.send(10, request, out);
      out.onNext(fleet.image.last());
      open.complete(out);
    });
    try (InputStream stream = client.generate(Map.of()).stream()) {
      assertThat(stream.readNBytes(10 * CHUNK)).isEqualTo(fleet.image.bytes());
      await().during(Duration.ofMillis(300)).until(open::isDone);
    }

    assertThat(fleet.cancelled.await(500, TimeUnit.MILLISECONDS)).isFalse();
    open.get().onCompleted();
  }

  @Test
  void goesOnWhenOnlyTheEndOfTheStreamWasLost() throws IOException {
    fleet.downloading(breakingBehindTheLastMessage());
    goesOnFrom(10 * CHUNK - 1, ScriptedImage.CLAIM);
  }

  @Test
  void isContentWithAllWhenNoStreamEndsWell() throws IOException {
    fleet
        .downloading(breakingBehindTheLastMessage())
        .downloading(breakingBehindTheLastMessage())
        .downloading(breakingBehindTheLastMessage());
    assertThat(read(client.generate(Map.of()))).isEqualTo(fleet.image.bytes());
    assertThat(fleet.downloads).hasSize(2);
  }

  private ScriptedFleet.Script breakingBehindTheLastMessage() {
    return (request, out) -> {
      int chunks = (10 * CHUNK - (int) request.getReadOffset() + CHUNK - 1) / CHUNK;
      fleet.send(chunks, request, out);
      out.onNext(fleet.image.last());
      out.onError(Status.UNAVAILABLE.asException());
    };
  }

  private static int readUnchecked(InputStream stream) {
    try {
      return stream.read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void takesACleanEndWithoutTheLastMessageForABreak() throws IOException {
    fleet.downloading((request, out) -> {
      fleet.send(2, request, out);
      out.onCompleted();
    });
    goesOnFrom(2 * CHUNK - 1, ScriptedImage.CLAIM);
  }

  @Test
  void goesOnAfterADrainingGenerator() throws IOException {
    fleet.downloading((request, out) ->
        out.onError(
            ScriptedFleet.failure(
                Status.Code.UNAVAILABLE,
                ErrorReason.GENERATOR_UNAVAILABLE,
                Map.of(),
                Duration.ofMillis(300))));
    long begun = System.nanoTime();
    goesOnFrom(0, "");
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(300));
  }

  @Test
  void goesOnThroughTheGatewayThatComesBack() throws Exception {
    fleet.downloading((request, out) -> fleet.send(3, request, out));
    try (InputStream stream = client.generate(Map.of()).stream()) {
      assertThat(stream.readNBytes(3 * CHUNK)).hasSize(3 * CHUNK);
      fleet.restart();
      assertThat(stream.readAllBytes()).hasSize(7 * CHUNK);
    }
  }

  @Test
  void goesOnAfterAWrongChecksum() throws IOException {
    fleet.downloading(sendingThen(2, PickupTest::withOtherBytes));
    goesOnFrom(2 * CHUNK - 1, ScriptedImage.CLAIM);
  }

  @Test
  void goesOnAfterAWrongOffset() throws IOException {
    fleet.downloading(sendingThen(2, chunk -> chunk.toBuilder().setOffset(1).build()));
    goesOnFrom(2 * CHUNK - 1, ScriptedImage.CLAIM);
  }

  @Test
  void givesUpWhenChecksumsStayWrong() {
    for (int i = 0; i < 5; i++) {
      fleet.downloading(sendingThen(0, PickupTest::withOtherBytes));
    }
    failsWith(
        client.generate(Map.of()),
        failure -> {
          assertThat(failure.kind()).isEqualTo(Kind.CORRUPT);
          assertThat(failure.getMessage()).contains("the chunk at byte 0 has the CRC32C");
        });
    assertThat(fleet.downloads).hasSize(Download.MAX_CORRUPT);
  }

  @Test
  void leavesNoFileWhenTheWholeIsWrong() throws IOException {
    fleet.downloading((request, out) -> {
      fleet.send(10, request, out);
      out.onNext(fleet.image.last().toBuilder().setSha256("00").build());
      out.onCompleted();
    });
    assertThatThrownBy(() -> client.generate(Map.of()).toFile(directory.resolve("map.png")))
        .asInstanceOf(type(CoatcheckException.class))
        .satisfies(failure -> assertThat(failure.kind()).isEqualTo(Kind.CORRUPT));
    assertThat(files()).isEmpty();
    assertThat(fleet.deleted).isEmpty();
  }

  @Test
  void tellsThatSomebodyElsePicksItUp() {
    try (CoatcheckClient hasty = client(Duration.ofMillis(250))) {
      for (int i = 0; i < 10; i++) {
        fleet.downloading(refusing(Status.Code.ABORTED, ErrorReason.IMAGE_CLAIMED));
      }
      failsWith(
          hasty.resume("a-key"),
          failure -> {
            assertThat(failure.reason()).isEqualTo(ErrorReason.IMAGE_CLAIMED);
            assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
            assertThat(failure.isRetryable()).isTrue();
          });
    }
  }

  @Test
  void waitsForItsOwnBrokenStreamToBeForgotten() throws IOException {
    fleet.downloading((request, out) -> out.onError(Status.UNAVAILABLE.asException()));
    fleet.downloading(refusing(Status.Code.ABORTED, ErrorReason.IMAGE_CLAIMED));
    assertThat(read(client.resume("a-key"))).isEqualTo(fleet.image.bytes());
    assertThat(fleet.downloads).hasSize(3);
  }

  @Test
  void tellsThatItIsGone() {
    fleet.downloading(refusing(Status.Code.NOT_FOUND, ErrorReason.IMAGE_DELIVERED));
    failsWith(
        client.resume("a-key"),
        failure -> {
          assertThat(failure.reason()).isEqualTo(ErrorReason.IMAGE_DELIVERED);
          assertThat(failure.isRetryable()).isFalse();
        });
    assertThat(fleet.downloads).hasSize(1);
  }

  /** The last message was lost, and when we come again its tombstone is all there is. */
  @Test
  void isWholeWhenTheTombstoneSaysSo() throws IOException {
    fleet.downloading(breakingAfter(10, Status.UNAVAILABLE));
    fleet.downloading((request, out) ->
        out.onError(
            ScriptedFleet.failure(
                Status.Code.NOT_FOUND,
                ErrorReason.IMAGE_DELIVERED,
                Map.of("size_bytes", "" + 10 * CHUNK, "sha256", fleet.image.sha256()),
                Duration.ZERO)));
    assertThat(read(client.generate(Map.of()))).isEqualTo(fleet.image.bytes());
  }

  @Test
  void tellsThatTheFunctionFailedHalfWay() throws IOException {
    fleet.downloading((request, out) -> {
      fleet.send(5, request, out);
      out.onError(ScriptedFleet.failure(Status.Code.INTERNAL, ErrorReason.FUNCTION_FAILED));
    });
    assertThatThrownBy(() -> client.generate(Map.of()).toFile(directory.resolve("map.png")))
        .asInstanceOf(type(CoatcheckException.class))
        .satisfies(failure -> {
          assertThat(failure.reason()).isEqualTo(ErrorReason.FUNCTION_FAILED);
          assertThat(failure.isRetryable()).isFalse();
        });
    assertThat(files()).isEmpty();
  }

  @Test
  void endsAtItsDeadline() {
    fleet.downloading((request, out) -> fleet.send(1, request, out));
    failsWith(
        client.generate(Map.of()).deadline(Duration.ofMillis(500)),
        failure -> assertThat(failure.kind()).isEqualTo(Kind.TIMED_OUT));
  }

  @Test
  void endsAtItsDeadlineThoughNothingCanBeReached() throws InterruptedException {
    fleet.close();
    failsWith(
        client.generate(Map.of()).deadline(Duration.ofMillis(500)),
        failure -> assertThat(failure.kind()).isIn(Kind.TIMED_OUT, Kind.UNREACHABLE));
  }

  @Test
  void givesUpWhenThePatienceIsOver() throws InterruptedException {
    try (CoatcheckClient hasty = client(Duration.ofMillis(300))) {
      fleet.close();
      failsWith(
          hasty.resume("a-key"),
          failure -> {
            assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(failure.isRetryable()).isTrue();
          });
    }
  }

  @Test
  void cancelledByAnotherThreadInTheMiddle() throws Exception {
    fleet.downloading((request, out) -> fleet.send(2, request, out));
    ImagePickup pickup = client.generate(Map.of());
    try (InputStream stream = pickup.stream()) {
      assertThat(stream.readNBytes(2 * CHUNK)).hasSize(2 * CHUNK);
      Thread canceller = new Thread(pickup::cancel);
      canceller.start();
      assertThatThrownBy(stream::read)
          .asInstanceOf(type(CoatcheckException.class))
          .satisfies(failure -> assertThat(failure.kind()).isEqualTo(Kind.CANCELLED));
      canceller.join();
    }
    assertThat(fleet.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(fleet.downloads).hasSize(1);
  }

  @Test
  void closedInTheMiddle() throws Exception {
    fleet.downloading((request, out) -> fleet.send(2, request, out));
    try (InputStream stream = client.generate(Map.of()).stream()) {
      assertThat(stream.read()).isGreaterThanOrEqualTo(0);
    }
    assertThat(fleet.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void interruptedInTheMiddle() throws Exception {
    fleet.downloading((request, out) -> fleet.send(2, request, out));
    List<Throwable> thrown = new CopyOnWriteArrayList<>();
    Thread reader =
        new Thread(() -> {
          try {
            read(client.generate(Map.of()));
          } catch (Throwable e) {
            thrown.add(e);
          }
        });
    reader.start();
    await().atMost(SOON).until(() -> !fleet.downloads.isEmpty());
    reader.interrupt();
    reader.join();
    assertThat(thrown).hasSize(1).first().isInstanceOf(InterruptedIOException.class);
    assertThat(fleet.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void asksAgainByTheSameIdWhenTheAnswerWasLost() throws IOException {
    fleet.creating(request -> Status.UNAVAILABLE.asRuntimeException());
    assertThat(read(client.generate(Map.of()))).isEqualTo(fleet.image.bytes());
    assertThat(fleet.creates).hasSize(2);
    assertThat(fleet.creates.get(0).getRequestId())
        .isNotEmpty()
        .isEqualTo(fleet.creates.get(1).getRequestId());
  }

  @Test
  void asksEveryGeneratorWhenTheOneOfItsIdIsFull() throws IOException {
    fleet.creating(full());
    assertThat(read(client.generate(Map.of()))).isEqualTo(fleet.image.bytes());
    assertThat(fleet.creates.get(1).getRequestId()).isEmpty();
  }

  @Test
  void tellsThatThereIsNoRoom() {
    fleet.creating(full()).creating(full());
    failsWith(
        client.generate(Map.of()),
        failure -> {
          assertThat(failure.reason()).isEqualTo(ErrorReason.MEMORY_BUDGET_EXHAUSTED);
          assertThat(failure.isRetryable()).isTrue();
          assertThat(failure.retryAfter()).contains(Duration.ofSeconds(3));
        });
    assertThat(fleet.creates).hasSize(2);
  }

  @Test
  void keepsToTheCallersOwnId() {
    fleet.creating(full());
    failsWith(
        client.generate(CreateImageRequest.newBuilder().setRequestId("mine").build()),
        failure -> assertThat(failure.reason()).isEqualTo(ErrorReason.MEMORY_BUDGET_EXHAUSTED));
    assertThat(fleet.creates).hasSize(1);
  }

  @Test
  void replacesTheFileWhenWhole() throws IOException {
    Path file = Files.writeString(directory.resolve("map.png"), "older");
    ReceivedImage image = client.generate(Map.of()).acknowledge().toFile(file);
    assertThat(file).hasBinaryContent(fleet.image.bytes());
    assertThat(image)
        .isEqualTo(new ReceivedImage(ScriptedImage.NAME, 10 * CHUNK, fleet.image.sha256(), 1));
    assertThat(files()).containsExactly("map.png");
    assertThat(fleet.deleted).hasSize(1);
  }

  @Test
  void replacesWhatALinkIsTo() throws IOException {
    Path file = Files.writeString(directory.resolve("map.png"), "older");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    Path link = Files.createSymbolicLink(directory.resolve("link.png"), file.getFileName());

    ReceivedImage image = client.generate(Map.of()).toFile(link);

    assertThat(image.sha256()).isEqualTo(fleet.image.sha256());
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(file).hasBinaryContent(fleet.image.bytes());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-rw-r--");
  }

  /** 1. Nothing moves any more, and the file is not there. 2. A resume goes on from its part. */
  @Test
  void goesOnFromItsPart() throws IOException {
    Path file = directory.resolve("map.png");
    fleet.downloading((request, out) -> fleet.send(4, request, out));
    assertThatThrownBy(() -> client.generate(Map.of()).deadline(Duration.ofSeconds(1)).toFile(file))
        .isInstanceOf(CoatcheckException.class);
    assertThat(files()).singleElement().asString().matches("map.png.[0-9a-f]{8}.part");
    assertThat(PartFile.partOf(file, ScriptedImage.NAME)).hasSize(4 * CHUNK);

    ReceivedImage image = client.resume("a-key", ScriptedImage.CLAIM).toFile(file);
    assertThat(fleet.downloads.get(1).getReadOffset()).isEqualTo(4 * CHUNK - 1);
    assertThat(fleet.downloads.get(1).getClaim()).isEqualTo(ScriptedImage.CLAIM);
    assertThat(file).hasBinaryContent(fleet.image.bytes());
    assertThat(image.sha256()).isEqualTo(fleet.image.sha256());
    assertThat(files()).containsExactly("map.png");
  }

  @Test
  void isPickedUpOnce() throws IOException {
    ImagePickup pickup = client.generate(Map.of());
    assertThat(read(pickup)).hasSize(10 * CHUNK);
    assertThatThrownBy(pickup::stream).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void tellsHowItGoes() throws IOException {
    List<String> heard = new CopyOnWriteArrayList<>();
    fleet.downloading(breakingAfter(9, Status.UNAVAILABLE));
    read(
        client
            .generate(Map.of())
            .listener(
                new PickupListener() {
                  @Override
                  public void named(String name) {
                    heard.add(name);
                  }

                  @Override
                  public void progressed(long receivedBytes, long sizeBytes) {
                    heard.add(receivedBytes + "/" + sizeBytes);
                  }

                  @Override
                  public void interrupted(CoatcheckException why, Duration pause) {
                    heard.add(why.kind().name());
                  }
                }));
    assertThat(heard)
        .containsSubsequence(
            ScriptedImage.NAME, "0/0", "10000/0", "90000/0", "UNREACHABLE", "100000/100000");
  }

  private void goesOnFrom(long offset, String claim) throws IOException {
    assertThat(read(client.generate(Map.of()))).isEqualTo(fleet.image.bytes());
    assertThat(fleet.downloads).hasSize(2);
    assertThat(fleet.downloads.get(1))
        .isEqualTo(
            DownloadImageRequest.newBuilder()
                .setName(ScriptedImage.NAME)
                .setReadOffset(offset)
                .setClaim(claim)
                .build());
    assertThat(fleet.creates).hasSize(1);
  }

  private static void failsWith(ImagePickup pickup, Consumer<CoatcheckException> matching) {
    assertThatThrownBy(() -> read(pickup))
        .asInstanceOf(type(CoatcheckException.class))
        .satisfies(matching::accept);
  }

  private static byte[] read(ImagePickup pickup) throws IOException {
    try (InputStream stream = pickup.stream()) {
      return stream.readAllBytes();
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private ScriptedFleet.Script breakingAfter(int chunks, Status status) {
    return (request, out) -> {
      fleet.send(chunks, request, out);
      out.onError(status.asException());
    };
  }

  private ScriptedFleet.Script sendingThen(int chunks, UnaryOperator<ImageChunk> wrong) {
    return (request, out) -> {
      fleet.send(chunks, request, out);
      out.onNext(wrong.apply(fleet.image.chunk(request.getReadOffset() + (long) chunks * CHUNK)));
    };
  }

  private static ScriptedFleet.Script refusing(Status.Code code, ErrorReason reason) {
    return (request, out) -> out.onError(ScriptedFleet.failure(code, reason));
  }

  private static ScriptedFleet.Refusal full() {
    return request ->
        ScriptedFleet.failure(
            Status.Code.RESOURCE_EXHAUSTED,
            ErrorReason.MEMORY_BUDGET_EXHAUSTED,
            Map.of(),
            Duration.ofSeconds(3));
  }

  private static ImageChunk withOtherBytes(ImageChunk chunk) {
    return chunk.toBuilder().setData(ByteString.copyFrom(new byte[CHUNK])).build();
  }
}
