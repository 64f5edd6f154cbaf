package dev.coatcheck.generator;

import static dev.coatcheck.generator.GeneratorFixture.assertRefused;
import static dev.coatcheck.generator.GeneratorFixture.bytesOf;
import static dev.coatcheck.generator.GeneratorFixture.png;
import static dev.coatcheck.generator.GeneratorFixture.sha256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.coatcheck.v1.AbortTransferRequest;
import dev.coatcheck.v1.AbortTransferResponse.Outcome;
import dev.coatcheck.v1.DeleteImageRequest;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.LocateImageRequest;
import dev.coatcheck.v1.LocateImageResponse;
import dev.coatcheck.v1.OfferImageRequest;
import dev.coatcheck.v1.PeerServiceGrpc;
import dev.coatcheck.v1.StoreTombstonesRequest;
import dev.coatcheck.v1.TransferId;
import dev.coatcheck.v1.TransferImageRequest;
import dev.coatcheck.v1.TransferImageResponse;
import dev.coatcheck.v1.TransferredImage;
import dev.coatcheck.v1.TransferredPickup;
import dev.coatcheck.v1.TransferredTombstone;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The peer's side of a hand-over, spoken to by an owner that keeps the rules, and by others. */
@Timeout(30)
class PeerServiceTest {

  private static final byte[] PICTURE = png(300_000);
  private static final String NAME = "images/" + "k".repeat(80);
  private static final long OWNER = 17;
  private static final int PIECE = 100_000;

  @TempDir private Path directory;

  private GeneratorSet set = new GeneratorSet();
  private GeneratorSet.Member peer;
  private long incarnation;

  @BeforeEach
  void start() throws Exception {
    set = GeneratorSet.start(directory, new FakeImageSource(), 1, List.of(), Map.of());
    peer = set.get(0);
    incarnation = peer.incarnation();
  }

  @AfterEach
  void nothingIsLeft() {
    try (GeneratorSet ending = set) {
      if (locate() == LocateImageResponse.State.HELD) {
        var _ = peer.images.deleteImage(DeleteImageRequest.newBuilder().setName(NAME).build());
      }
      ending.awaitPoolsFull();
    }
  }

  @Test
  void storedImageIsServed() throws Exception {
    offer(1, PICTURE.length);
    assertThat(locate()).isEqualTo(LocateImageResponse.State.ARRIVING);

    transfer(1, image(), PICTURE).join();

    assertThat(locate()).isEqualTo(LocateImageResponse.State.HELD);
    assertThat(download()).isEqualTo(PICTURE);
  }

  @Test
  void repeatedMessagesChangeNothing() throws Exception {
    offer(1, PICTURE.length);
    offer(1, PICTURE.length);
    assertThat(peer.server.pool().budgetBytes() - peer.server.pool().freeBytes())
        .isEqualTo(2 * 256 * 1024);
    transfer(1, image(), PICTURE).join();
    offer(1, PICTURE.length);
    transfer(1, image(), PICTURE).join();
    assertThat(peer.server.store().size()).isEqualTo(1);

    assertThat(abort(1)).isEqualTo(Outcome.ABORTED);
    assertThat(abort(1)).isEqualTo(Outcome.ABORTED);
    assertThat(peer.server.store().size()).isZero();
    assertThat(locate()).isEqualTo(LocateImageResponse.State.NOT_HERE);
  }

  @Test
  void lateCopyOfAnAbortedTransferIsRefused() {
    assertThat(abort(1)).isEqualTo(Outcome.ABORTED); // before it was even offered
    assertRefused(
        () -> offer(1, PICTURE.length), Status.Code.ABORTED, ErrorReason.TRANSFER_ABORTED);
    assertAborted(transfer(1, image(), PICTURE));

    offer(2, PICTURE.length);
    assertThat(abort(2)).isEqualTo(Outcome.ABORTED);
    assertAborted(transfer(2, image(), PICTURE));
    assertAborted(transfer(3, image(), PICTURE));
  }

  /** Whoever has been given a byte of it there makes it the peer's for good. */
  @Test
  void copyThatWasPickedUpIsKept() throws Exception {
    offer(1, PICTURE.length);
    transfer(1, image(), PICTURE).join();
    download();

    assertThat(abort(1)).isEqualTo(Outcome.KEPT);
    await()
        .until(() -> {
          peer.server.store().sweep();
          return peer.server.store().size() == 0; // its linger is over
        });
    assertThat(abort(1)).isEqualTo(Outcome.KEPT);
  }

  @Test
  void anotherRunOfTheProcessIsProofThatTheCopyDied() {
    offer(1, PICTURE.length);
    var answer =
        peer.peer.abortTransfer(
            AbortTransferRequest.newBuilder()
                .setTransfer(id(1))
                .setIncarnation(incarnation + 1)
                .build());
    assertThat(answer.getOutcome()).isEqualTo(Outcome.ABORTED);
    assertThat(answer.getIncarnation()).isEqualTo(incarnation);
    assertAborted(transfer(1, incarnation + 1, image(), PICTURE, PIECE));
    transfer(1, image(), PICTURE).join(); // it was not meant
  }

  @Test
  void otherBytesThanWereSaidAreRefusedAndLeaveNothing() {
    byte[] other = png(PICTURE.length);
    other[PICTURE.length - 1]++;
    offer(1, PICTURE.length);
    assertInvalid(transfer(1, image(), other), "image.sha256");

    offer(2, PICTURE.length);
    assertInvalid(transfer(2, image(), java.util.Arrays.copyOf(PICTURE, 1000)), "data");

    offer(3, PICTURE.length);
    assertInvalid(
        transfer(3, image(), java.util.Arrays.copyOf(PICTURE, PICTURE.length + 1)), "offset");

    offer(4, PICTURE.length - 1);
    assertInvalid(transfer(4, image(), PICTURE), "image.size_bytes");

    offer(5, PICTURE.length);
    Stream stream = new Stream();
    stream.begin(id(5), incarnation, image());
    stream.out.onNext(
        TransferImageRequest.newBuilder().setData(ByteString.copyFrom(PICTURE, 0, 10)).build());
    assertInvalid(stream.answer, "crc32c");

    offer(6, PICTURE.length);
    assertInvalid(
        transfer(
            6,
            image().toBuilder()
                .setPickup(
                    TransferredPickup.newBuilder()
                        .setPhase(TransferredPickup.Phase.CLAIMED)
                        .setEpoch(1)
                        .setProof("p")
                        .addCovered(
                            dev.coatcheck.v1.ByteRange.newBuilder().setEnd(PICTURE.length + 1L)))
                .build(),
            PICTURE),
        "image.pickup");

    assertThat(locate()).isEqualTo(LocateImageResponse.State.NOT_HERE);
    assertThat(peer.server.pool().freeBytes()).isEqualTo(peer.server.pool().budgetBytes());
    for (int number = 1; number <= 6; number++) {
      assertThat(abort(number)).isEqualTo(Outcome.ABORTED);
    }
  }

  /** 1. Of two copies of one transfer, one is refused. 2. The other breaks off in the middle. */
  @Test
  void brokenCopyLeavesNothing() {
    offer(1, PICTURE.length);
    Stream one = new Stream();
    one.begin(id(1), incarnation, image());
    Stream other = new Stream();
    other.begin(id(1), incarnation, image());
    await().until(() -> one.answer.isDone() || other.answer.isDone());
    Stream running = one.answer.isDone() ? other : one;
    assertAborted(one.answer.isDone() ? one.answer : other.answer);
    running.send(PICTURE, PIECE, 2);

    running.out.onError(new IllegalStateException("the owner dies"));

    await().until(() -> locate() == LocateImageResponse.State.NOT_HERE);
    assertThat(abort(1)).isEqualTo(Outcome.ABORTED);
  }

  @Test
  void offersThatCannotBeTakenAreRefused() {
    long budget = peer.server.pool().budgetBytes();
    assertThat(
            assertRefused(
                    () -> offer(1, budget + 1),
                    Status.Code.INVALID_ARGUMENT,
                    ErrorReason.INVALID_REQUEST)
                .getMetadataOrThrow("field"))
        .isEqualTo("size_bytes");
    offer(2, budget);
    assertRefused(
        () -> offer(3, NAME + "x", 1000),
        Status.Code.RESOURCE_EXHAUSTED,
        ErrorReason.MEMORY_BUDGET_EXHAUSTED);
    assertRefused(() -> offer(4, 1000), Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST);
    assertThat(abort(2)).isEqualTo(Outcome.ABORTED);

    assertRefused(
        () ->
            peer.peer.offerImage(
                OfferImageRequest.newBuilder()
                    .setTransfer(TransferId.newBuilder().setOwner(incarnation).setNumber(1))
                    .setImageId(GeneratorSet.id(NAME))
                    .setSizeBytes(1000)
                    .build()),
        Status.Code.INVALID_ARGUMENT,
        ErrorReason.INVALID_REQUEST);
    for (int i = 10; i < 18; i++) {
      offer(i, NAME + i, 1000);
    }
    assertRefused(
        () -> offer(18, NAME + 18, 1000),
        Status.Code.UNAVAILABLE,
        ErrorReason.GENERATOR_UNAVAILABLE);
    for (int i = 10; i < 18; i++) {
      abort(i);
    }
  }

  @Test
  void tombstonesAreBoundedAndChangeNothingThatIsKnown() throws Exception {
    offer(1, PICTURE.length);
    transfer(1, image(), PICTURE).join();
    var tombstone =
        TransferredTombstone.newBuilder()
            .setImageId(GeneratorSet.id(NAME))
            .setReason(ErrorReason.IMAGE_DELETED)
            .build();

    var _ =
        peer.peer.storeTombstones(
            StoreTombstonesRequest.newBuilder().addTombstones(tombstone).build());

    assertThat(peer.images.getImage(GetImageRequest.newBuilder().setName(NAME).build()).getName())
        .isEqualTo(NAME);
    assertRefused(
        () ->
            peer.peer.storeTombstones(
                StoreTombstonesRequest.newBuilder()
                    .addAllTombstones(java.util.Collections.nCopies(501, tombstone))
                    .build()),
        Status.Code.INVALID_ARGUMENT,
        ErrorReason.INVALID_REQUEST);
  }

  private void offer(long number, long sizeBytes) {
    offer(number, NAME, sizeBytes);
  }

  private void offer(long number, String name, long sizeBytes) {
    var answer =
        peer.peer.offerImage(
            OfferImageRequest.newBuilder()
                .setTransfer(id(number))
                .setImageId(GeneratorSet.id(name))
                .setSizeBytes(sizeBytes)
                .build());
    assertThat(answer.getIncarnation()).isEqualTo(incarnation);
    assertThat(answer.getAddress()).isEqualTo(peer.server.address());
  }

  private Outcome abort(long number) {
    return peer.peer
        .abortTransfer(
            AbortTransferRequest.newBuilder()
                .setTransfer(id(number))
                .setIncarnation(incarnation)
                .build())
        .getOutcome();
  }

  private LocateImageResponse.State locate() {
    return peer.peer
        .locateImage(LocateImageRequest.newBuilder().setImageId(GeneratorSet.id(NAME)).build())
        .getState();
  }

  private byte[] download() throws Exception {
    return bytesOf(
        peer.images.downloadImage(DownloadImageRequest.newBuilder().setName(NAME).build()));
  }

  private static TransferId id(long number) {
    return TransferId.newBuilder().setOwner(OWNER).setNumber(number).build();
  }

  private static TransferredImage image() {
    try {
      return TransferredImage.newBuilder()
          .setContentType("image/png")
          .setSizeBytes(PICTURE.length)
          .setSha256(sha256(PICTURE))
          .setTimeToLive(com.google.protobuf.Duration.newBuilder().setSeconds(600))
          .setPickup(TransferredPickup.newBuilder().setPhase(TransferredPickup.Phase.OPEN))
          .build();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private CompletableFuture<Void> transfer(long number, TransferredImage image, byte[] bytes) {
    return transfer(number, incarnation, image, bytes, PIECE);
  }

  private CompletableFuture<Void> transfer(
      long number, long meant, TransferredImage image, byte[] bytes, int piece) {
    Stream stream = new Stream();
    stream.begin(id(number), meant, image);
    stream.send(bytes, piece, Integer.MAX_VALUE);
    stream.out.onCompleted();
    return stream.answer;
  }

  private static void assertAborted(CompletableFuture<Void> answer) {
    assertRefused(() -> unwrapped(answer), Status.Code.ABORTED, ErrorReason.TRANSFER_ABORTED);
  }

  private static void assertInvalid(CompletableFuture<Void> answer, String field) {
    assertThat(
            assertRefused(
                    () -> unwrapped(answer),
                    Status.Code.INVALID_ARGUMENT,
                    ErrorReason.INVALID_REQUEST)
                .getMetadataOrThrow("field"))
        .isEqualTo(field);
  }

  private static void unwrapped(CompletableFuture<Void> answer) throws Throwable {
    try {
      answer.join();
    } catch (CompletionException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  /** One {@code TransferImage} call. */
  private final class Stream implements StreamObserver<TransferImageResponse> {

    private final CompletableFuture<Void> answer = new CompletableFuture<>();
    private final StreamObserver<TransferImageRequest> out =
        PeerServiceGrpc.newStub(peer.channel).transferImage(this);

    void begin(TransferId transfer, long meant, TransferredImage image) {
      out.onNext(
          TransferImageRequest.newBuilder()
              .setTransfer(transfer)
              .setIncarnation(meant)
              .setImage(image)
              .build());
    }

    void send(byte[] bytes, int piece, int most) {
      int sent = 0;
      for (int offset = 0; offset < bytes.length && sent < most; offset += piece) {
        int length = Math.min(piece, bytes.length - offset);
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        out.onNext(
            TransferImageRequest.newBuilder()
                .setOffset(offset)
                .setData(ByteString.copyFrom(bytes, offset, length))
                .setCrc32C((int) crc.getValue())
                .build());
        sent++;
      }
    }

    @Override
    public void onNext(TransferImageResponse stored) {
      assertThat(stored.getIncarnation()).isEqualTo(incarnation);
    }

    @Override
    public void onError(Throwable refusal) {
      answer.completeExceptionally(refusal);
    }

    @Override
    public void onCompleted() {
      answer.complete(null);
    }
  }
}
