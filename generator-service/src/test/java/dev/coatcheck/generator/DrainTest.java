package dev.coatcheck.generator;

import static dev.coatcheck.generator.GeneratorFixture.assertRefused;
import static dev.coatcheck.generator.GeneratorFixture.bytesOf;
import static dev.coatcheck.generator.GeneratorFixture.png;
import static dev.coatcheck.generator.GeneratorFixture.request;
import static dev.coatcheck.generator.GeneratorFixture.sha256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.v1.AdminServiceGrpc;
import dev.coatcheck.v1.ByteRange;
import dev.coatcheck.v1.DeleteImageRequest;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.DrainGeneratorRequest;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageChunk;
import dev.coatcheck.v1.ListImagesRequest;
import dev.coatcheck.v1.LocateImageRequest;
import dev.coatcheck.v1.LocateImageResponse;
import dev.coatcheck.v1.SettlePickupRequest;
import dev.coatcheck.v1.Settlement;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A generator that leaves hands its images over, with all that belongs to them. */
@Timeout(60)
class DrainTest {

  private static final byte[] PICTURE = png(700_001);

  @TempDir private Path directory;

  private final FakeImageSource source = new FakeImageSource();
  private GeneratorSet set = new GeneratorSet();

  @AfterEach
  void end() {
    set.close();
  }

  @Test
  void imageIsPickedUpAtThePeerUnderTheSameName() throws Exception {
    start(2, Map.of());
    String name = made(0);

    CompletableFuture<Void> drained = set.get(0).drain();

    drained.get(20, TimeUnit.SECONDS);
    assertThat(set.get(0).server.store().size()).isZero();
    assertThat(bytesOf(download(1, name, ""))).isEqualTo(PICTURE);
    set.awaitPoolsFull();
  }

  /** 1. It has moved. 2. A second image keeps the old home from ending. 3. All calls are told. */
  @Test
  void oldHomeTellsWhereItIs() throws Exception {
    start(2, Map.of());
    String name = made(0);
    String slow = set.get(0).images.createImage(request().build()).getName();
    FakeImageSource.Call making = source.next();
    CompletableFuture<Void> drained = set.get(0).drain();
    awaitMoved(0, name); // its peer holds it a moment before

    String peer = set.get(1).server.address();
    var at = set.get(0);
    assertThat(
            List.of(
                moved(() -> at.images.getImage(get(name))),
                moved(() -> at.images.deleteImage(delete(name))),
                moved(() -> download(0, name, "").next()),
                moved(() ->
                    at.pickups.settlePickup(
                        SettlePickupRequest.newBuilder()
                            .setName(name)
                            .setEpoch(1)
                            .setStream(1)
                            .setOutcome(SettlePickupRequest.Outcome.BROKEN)
                            .build()))))
        .containsOnly(peer);
    LocateImageResponse where = at.peer.locateImage(locate(name));
    assertThat(where.getState()).isEqualTo(LocateImageResponse.State.MOVED);
    assertThat(where.getPeer()).isEqualTo(peer);

    making.answer(PICTURE);
    drained.get(20, TimeUnit.SECONDS);
    assertThat(bytesOf(download(1, slow, ""))).isEqualTo(PICTURE);
    set.get(1).images.deleteImage(delete(name));
    set.awaitPoolsFull();
  }

  /**
   * 1. A gateway's reader has a part of it, and breaks off. 2. The image moves. 3. The settlement
   * comes late, at the peer, and 4. the claimant goes on with its proof; then it is delivered.
   */
  @Test
  void claimInProgressGoesWithIt() throws Exception {
    start(2, Map.of());
    String name = made(0);
    ImageChunk[] head = new ImageChunk[1];
    long got =
        GeneratorFixture.thenGoAway(() -> {
          Iterator<ImageChunk> chunks =
              set.get(0)
                  .images
                  .downloadImage(
                      DownloadImageRequest.newBuilder()
                          .setName(name)
                          .setSettlement(Settlement.MANUAL)
                          .build());
          head[0] = chunks.next();
          return (long) chunks.next().getData().size();
        });

    set.get(0).drain().get(20, TimeUnit.SECONDS);

    SettlePickupRequest late =
        SettlePickupRequest.newBuilder()
            .setName(name)
            .setEpoch(head[0].getEpoch())
            .setStream(head[0].getStream())
            .setOutcome(SettlePickupRequest.Outcome.BROKEN)
            .addRanges(ByteRange.newBuilder().setStart(0).setEnd(got))
            .build();
    assertThat(set.get(1).pickups.settlePickup(late).getDelivered()).isFalse();
    Image there = set.get(1).images.getImage(get(name));
    assertThat(there.getClaimed()).isTrue();
    assertThat(there.getDeliveredBytes()).isEqualTo(got);

    Iterator<ImageChunk> rest =
        set.get(1)
            .images
            .downloadImage(
                DownloadImageRequest.newBuilder()
                    .setName(name)
                    .setClaim(head[0].getClaim())
                    .setReadOffset(got)
                    .build());
    ImageChunk first = rest.next();
    assertThat(first.getEpoch()).isEqualTo(head[0].getEpoch());
    assertThat(first.getClaim()).isEqualTo(head[0].getClaim());
    rest.forEachRemaining(chunk -> {});
    assertRefused(
        () -> download(1, name, "").next(), Status.Code.NOT_FOUND, ErrorReason.IMAGE_DELIVERED);
    set.awaitPoolsFull();
  }

  /** Of an image that is bound, nobody else gets the last byte, wherever it is. */
  @Test
  void boundImageStaysBound() throws Exception {
    start(2, Map.of());
    String name = made(0);
    String[] claim = new String[1];
    GeneratorFixture.thenGoAway(() -> {
      Iterator<ImageChunk> chunks =
          set.get(0)
              .images
              .downloadImage(
                  DownloadImageRequest.newBuilder()
                      .setName(name)
                      .setSettlement(Settlement.MANUAL)
                      .build());
      claim[0] = chunks.next().getClaim();
      while (!chunks.next().getLast()) {
        // all of it
      }
      return 0;
    });

    set.get(0).drain().get(20, TimeUnit.SECONDS);

    assertRefused(
        () -> download(1, name, "").next(), Status.Code.ABORTED, ErrorReason.IMAGE_CLAIMED);
    assertThat(bytesOf(download(1, name, claim[0]))).isEqualTo(PICTURE);
    set.awaitPoolsFull();
  }

  @Test
  void tombstonesFollow() throws Exception {
    start(3, Map.of());
    String delivered = made(0);
    assertThat(bytesOf(download(0, delivered, ""))).isEqualTo(PICTURE);
    set.get(0).images.deleteImage(delete(delivered));
    String deleted = made(0);
    set.get(0).images.deleteImage(delete(deleted));

    set.get(0).drain().get(20, TimeUnit.SECONDS);

    for (int peer : List.of(1, 2)) {
      var info =
          assertRefused(
              () -> set.get(peer).images.getImage(get(delivered)),
              Status.Code.NOT_FOUND,
              ErrorReason.IMAGE_DELIVERED);
      assertThat(info.getMetadataMap()).containsEntry("sha256", sha256(PICTURE));
      assertRefused(
          () -> set.get(peer).images.getImage(get(deleted)),
          Status.Code.NOT_FOUND,
          ErrorReason.IMAGE_DELETED);
      assertThat(set.get(peer).peer.locateImage(locate(deleted)).getState())
          .isEqualTo(LocateImageResponse.State.ENDED);
    }
  }

  /** In more than one request: 500 of them are larger than a message may be. */
  @Test
  void tombstonesOfFailuresFollowWithTheirMessages() throws Exception {
    start(2, Map.of());
    String message = "한".repeat(300);
    List<String> failed = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      failed.add(
          set.get(0).images.createImage(request().setFilename("f".repeat(255)).build()).getName());
      source.next().fail(Refusal.of(ErrorReason.FUNCTION_FAILED, message));
    }

    set.get(0).drain().get(20, TimeUnit.SECONDS);

    for (String name : failed) {
      Image told = set.get(1).images.getImage(get(name));
      assertThat(told.getError().getMessage()).isEqualTo(message);
      assertThat(told.getFilename()).hasSize(255);
    }
  }

  /** It need not move, and the peers know that it was delivered. */
  @Test
  void whatOnlyLingersLeavesItsTombstone() throws Exception {
    start(2, Map.of());
    String delivered = made(0);
    assertThat(bytesOf(download(0, delivered, ""))).isEqualTo(PICTURE);
    await()
        .until(
            () -> set.get(0).images.getImage(get(delivered)).getState() == Image.State.DELIVERED);

    set.get(0).drain().get(20, TimeUnit.SECONDS);

    assertRefused(
        () -> set.get(1).images.getImage(get(delivered)),
        Status.Code.NOT_FOUND,
        ErrorReason.IMAGE_DELIVERED);
    set.awaitPoolsFull();
  }

  @Test
  void requestIdGoesWithItsImage() throws Exception {
    start(2, Map.of());
    var create = request().setRequestId("order-1").build();
    String name = set.get(0).images.createImage(create).getName();
    source.next().answer(PICTURE);
    awaitComplete(0, name);

    set.get(0).drain().get(20, TimeUnit.SECONDS);

    assertThat(set.get(1).images.createImage(create).getName()).isEqualTo(name);
    assertThat(source.started()).isEqualTo(1);
    set.get(1).images.deleteImage(delete(name));
    set.awaitPoolsFull();
  }

  @Test
  void singleClaimantAndFilenameAndTimeGoWithIt() throws Exception {
    start(2, Map.of());
    String name =
        set.get(0)
            .images
            .createImage(
                request()
                    .setFilename("map.png")
                    .setPickup(dev.coatcheck.v1.CreateImageRequest.Pickup.SINGLE_CLAIMANT)
                    .setTtl(com.google.protobuf.Duration.newBuilder().setSeconds(77))
                    .build())
            .getName();
    source.next().answer(PICTURE);
    Image before = awaitComplete(0, name);
    GeneratorFixture.thenGoAway(() -> {
      Iterator<ImageChunk> chunks = download(0, name, "");
      chunks.next();
      return chunks.next();
    });

    set.get(0).drain().get(20, TimeUnit.SECONDS);

    Image after = set.get(1).images.getImage(get(name));
    assertThat(after.toBuilder().setDeliveredBytes(0).clearClaimed().build())
        .isEqualTo(before.toBuilder().setDeliveredBytes(0).clearClaimed().build());
    assertRefused(
        () -> download(1, name, "").next(), Status.Code.ABORTED, ErrorReason.IMAGE_CLAIMED);
    set.get(1).images.deleteImage(delete(name));
    set.awaitPoolsFull();
  }

  @Test
  void runningDownloadFinishesFirst() throws Exception {
    start(2, Map.of());
    String name = made(0);
    Iterator<ImageChunk> chunks = download(0, name, "");
    chunks.next();

    CompletableFuture<Void> drained = set.get(0).drain();
    await().until(() -> isDraining(0));

    assertThat(bytesOf(chunks)).isEqualTo(PICTURE);
    drained.get(20, TimeUnit.SECONDS);
    set.awaitPoolsFull();
  }

  /** A reader that takes nothing is cut in time for its image to move. */
  @Test
  void readerThatDoesNotFinishIsCutAndResumes() throws Exception {
    start(2, Map.of("COATCHECK_GRACE", "6s", "COATCHECK_MAX_BYTES", "12MiB"));
    byte[] large = png(9_000_000);
    String name = set.get(0).images.createImage(request().build()).getName();
    source.next().answer(large);
    Iterator<ImageChunk> chunks = download(0, name, "");
    String claim = chunks.next().getClaim();
    chunks.next();

    set.get(0).drain().get(20, TimeUnit.SECONDS);

    assertThat(bytesOf(download(1, name, claim))).isEqualTo(large);
    set.get(0).channel.shutdownNow();
    set.awaitPoolsFull();
  }

  @Test
  void withoutPeersItServesUntilTheGraceIsOver() throws Exception {
    start(1, Map.of("COATCHECK_GRACE", "2s"));
    String name = made(0);
    String left = made(0);

    CompletableFuture<Void> drained = set.get(0).drain();
    await().until(() -> isDraining(0));

    assertThat(bytesOf(download(0, name, ""))).isEqualTo(PICTURE);
    assertThat(drained).isNotDone();
    drained.get(20, TimeUnit.SECONDS);
    assertThat(set.get(0).server.store().size()).isEqualTo(1);
    assertThat(left).isNotEmpty();
  }

  /** 1. They see what is held, by no whole key. 2. They have it moved, and the process goes on. */
  @Test
  void operatorsListAndDrain() throws Exception {
    start(2, Map.of());
    String name = made(0);
    String another = made(0);
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(
                set.get(0).server.management(), InsecureChannelCredentials.create())
            .build();
    try {
      var admin = AdminServiceGrpc.newBlockingStub(channel);
      var page = admin.listImages(ListImagesRequest.newBuilder().setPageSize(1).build());
      assertThat(page.getImagesCount()).isEqualTo(1);
      assertThat(page.getImages(0).getId()).hasSize(8);
      assertThat(page.getImages(0).getGenerator()).isEqualTo(set.get(0).server.address());
      assertThat(page.getImages(0).getSizeBytes()).isEqualTo(PICTURE.length);
      var rest =
          admin.listImages(
              ListImagesRequest.newBuilder().setPageToken(page.getNextPageToken()).build());
      assertThat(rest.getImagesCount()).isEqualTo(1);
      assertThat(rest.getNextPageToken()).isEmpty();
      assertRefused(
          () -> admin.listImages(ListImagesRequest.newBuilder().setPageToken("x").build()),
          Status.Code.INVALID_ARGUMENT,
          ErrorReason.INVALID_REQUEST);

      var report = admin.drainGenerator(DrainGeneratorRequest.getDefaultInstance());

      assertThat(report.getMovedImages()).isEqualTo(2);
      assertThat(report.getMovedBytes()).isEqualTo(2L * PICTURE.length);
      assertThat(report.getLeftImages()).isZero();
    } finally {
      channel.shutdownNow();
    }
    assertThat(moved(() -> set.get(0).images.getImage(get(name))))
        .isEqualTo(set.get(1).server.address());
    set.get(1).images.deleteImage(delete(name));
    set.get(1).images.deleteImage(delete(another));
    set.awaitPoolsFull();
  }

  @Test
  void emptyOneEndsAtOnce() throws Exception {
    start(1, Map.of());

    set.get(0).drain().get(5, TimeUnit.SECONDS);
  }

  /** 1. Two of three drain at the same time. 2. The third has all of it. */
  @Test
  void twoAtOnce() throws Exception {
    start(3, Map.of());
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      names.add(made(i % 2));
    }

    CompletableFuture.allOf(set.get(0).drain(), set.get(1).drain()).get(20, TimeUnit.SECONDS);

    for (String name : names) {
      assertThat(bytesOf(download(2, name, ""))).isEqualTo(PICTURE);
    }
    set.awaitPoolsFull();
  }

  /** 1. The only peer is full. 2. The image is served where it is; 3. room comes, and it moves. */
  @Test
  void peerWithoutRoomGetsItWhenThereIsSome() throws Exception {
    start(2, Map.of());
    List<String> filling = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      filling.add(set.get(1).images.createImage(request().build()).getName());
      source.next();
    }
    String name = made(0);
    String other = made(0);

    CompletableFuture<Void> drained = set.get(0).drain();
    await().until(() -> isDraining(0));
    Iterator<ImageChunk> meanwhile =
        await().ignoreExceptions().until(() -> download(0, name, ""), Iterator::hasNext);
    assertThat(bytesOf(meanwhile)).isEqualTo(PICTURE);
    for (String made : filling) {
      set.get(1).images.deleteImage(delete(made));
    }

    drained.get(20, TimeUnit.SECONDS);
    assertThat(bytesOf(download(1, other, ""))).isEqualTo(PICTURE);
    set.awaitPoolsFull();
  }

  private void start(int count, Map<String, String> settings) throws IOException {
    set = GeneratorSet.start(directory, source, count, List.of(), settings);
  }

  private String made(int index) throws Exception {
    String name = set.get(index).images.createImage(request().build()).getName();
    source.next().answer(PICTURE);
    awaitComplete(index, name);
    return name;
  }

  private Image awaitComplete(int index, String name) {
    return await()
        .until(
            () -> set.get(index).images.getImage(get(name)),
            image -> image.getState() == Image.State.COMPLETE);
  }

  private void awaitMoved(int index, String name) {
    await()
        .atMost(Duration.ofSeconds(15))
        .until(() ->
            set.get(index).peer.locateImage(locate(name)).getState()
                == LocateImageResponse.State.MOVED);
  }

  private boolean isDraining(int index) {
    try {
      set.get(index).images.createImage(request().build());
      return false;
    } catch (io.grpc.StatusRuntimeException e) {
      return true;
    }
  }

  private Iterator<ImageChunk> download(int index, String name, String claim) {
    return set.get(index)
        .images
        .downloadImage(DownloadImageRequest.newBuilder().setName(name).setClaim(claim).build());
  }

  private static String moved(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return assertRefused(call, Status.Code.ABORTED, ErrorReason.IMAGE_MOVED)
        .getMetadataOrThrow("peer");
  }

  private static GetImageRequest get(String name) {
    return GetImageRequest.newBuilder().setName(name).build();
  }

  private static DeleteImageRequest delete(String name) {
    return DeleteImageRequest.newBuilder().setName(name).build();
  }

  private static LocateImageRequest locate(String name) {
    return LocateImageRequest.newBuilder().setImageId(GeneratorSet.id(name)).build();
  }
}
