package dev.coatcheck.generator;

import static dev.coatcheck.generator.GeneratorFixture.assertRefused;
import static dev.coatcheck.generator.GeneratorFixture.bytesOf;
import static dev.coatcheck.generator.GeneratorFixture.png;
import static dev.coatcheck.generator.GeneratorFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.v1.AbortTransferResponse.Outcome;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageChunk;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers that refuse, die or go silent in the middle, and what their owner does without a word. */
@Timeout(60)
class FaultyPeerTest {

  private static final byte[] PICTURE = png(500_000);

  @TempDir private Path directory;

  private final FakeImageSource source = new FakeImageSource();
  private FakePeer peer;
  private GeneratorSet set = new GeneratorSet();

  @BeforeEach
  void start() throws Exception {
    peer = new FakePeer();
  }

  @AfterEach
  void end() {
    set.close();
    peer.close();
  }

  /** A refused copy is asked about all the same; then it goes back, and is served. */
  @Test
  void refusedCopyIsServedWhereItWas() throws Exception {
    peer.copy = FakePeer.Copy.REFUSED;
    peer.word = Outcome.ABORTED;
    String name = made("4s");

    CompletableFuture<Void> drained = set.get(0).drain();

    await().atMost(Duration.ofSeconds(10)).until(() -> peer.aborts.get() > 0);
    Iterator<ImageChunk> there =
        await().ignoreExceptions().until(() -> download(name), Iterator::hasNext);
    assertThat(bytesOf(there)).isEqualTo(PICTURE);
    drained.get(20, TimeUnit.SECONDS);
    set.awaitPoolsFull();
  }

  /** The peer has it, and somebody has a byte of it: it is gone from here. */
  @Test
  void copyThatThePeerKeepsHasMoved() throws Exception {
    peer.copy = FakePeer.Copy.UNANSWERED;
    peer.word = Outcome.KEPT;
    String name = made("20s");
    set.get(0).images.createImage(request().build()); // so that it does not end
    source.next();

    CompletableFuture<Void> drained = set.get(0).drain();

    await().atMost(Duration.ofSeconds(15)).until(() -> set.get(0).server.store().size() == 1);
    assertThat(
            assertRefused(
                    () -> set.get(0).images.getImage(get(name)),
                    Status.Code.ABORTED,
                    ErrorReason.IMAGE_MOVED)
                .getMetadataOrThrow("peer"))
        .isEqualTo(peer.address());
    assertThat(drained).isNotDone();
  }

  /** Without a word nobody is served, whatever the clock says; the drain ends with its grace. */
  @Test
  void silentPeerMayHaveIt() throws Exception {
    peer.copy = FakePeer.Copy.UNANSWERED;
    String name = made("8s");

    CompletableFuture<Void> drained = set.get(0).drain();
    await().atMost(Duration.ofSeconds(10)).until(() -> peer.copies.get() == 1);

    assertRefused(
        () -> download(name).next(), Status.Code.UNAVAILABLE, ErrorReason.GENERATOR_UNAVAILABLE);
    drained.get(20, TimeUnit.SECONDS);
    assertThat(peer.copies).hasValue(1);
    assertThat(peer.aborts.get()).isPositive();
    assertThat(set.get(0).server.store().size()).isEqualTo(1);
  }

  /** Whoever died when it had the whole copy may have served it: it is served nowhere any more. */
  @Test
  void anotherRunIsNoWordOnAWholeCopy() throws Exception {
    peer.copy = FakePeer.Copy.UNANSWERED;
    peer.word = Outcome.ABORTED;
    peer.wordIncarnation = FakePeer.INCARNATION + 1;
    String name = made("8s");

    CompletableFuture<Void> drained = set.get(0).drain();
    await().atMost(Duration.ofSeconds(15)).until(() -> peer.aborts.get() > 0);

    assertRefused(
        () -> download(name).next(), Status.Code.UNAVAILABLE, ErrorReason.GENERATOR_UNAVAILABLE);
    drained.get(20, TimeUnit.SECONDS);
    assertThat(peer.copies).hasValue(1);
    assertThat(set.get(0).server.store().size()).isEqualTo(1);
  }

  /** Dead peers are no reason to wait: what was offered to one goes to another. */
  @Test
  void deadPeerIsPassedBy() throws Exception {
    String dead = peer.address();
    peer.close();
    set = GeneratorSet.start(directory, source, 2, List.of(dead), Map.of());
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      names.add(make());
    }

    set.get(0).drain().get(20, TimeUnit.SECONDS);

    for (String name : names) {
      assertThat(
              bytesOf(
                  set.get(1)
                      .images
                      .downloadImage(DownloadImageRequest.newBuilder().setName(name).build())))
          .isEqualTo(PICTURE);
    }
    set.awaitPoolsFull();
  }

  /** While one peer says nothing of one image, all others move to the next. */
  @Test
  void othersMoveWhileOnePeerIsSilent() throws Exception {
    peer.copy = FakePeer.Copy.UNANSWERED;
    peer.word = Outcome.ABORTED;
    set = GeneratorSet.start(directory, source, 2, List.of(peer.address()), Map.of());
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      names.add(make());
    }

    set.get(0).drain().get(30, TimeUnit.SECONDS);

    for (String name : names) {
      assertThat(
              bytesOf(
                  set.get(1)
                      .images
                      .downloadImage(DownloadImageRequest.newBuilder().setName(name).build())))
          .isEqualTo(PICTURE);
    }
    set.awaitPoolsFull();
  }

  private String made(String grace) throws Exception {
    set =
        GeneratorSet.start(
            directory, source, 1, List.of(peer.address()), Map.of("COATCHECK_GRACE", grace));
    return make();
  }

  private String make() throws Exception {
    String name = set.get(0).images.createImage(request().build()).getName();
    source.next().answer(PICTURE);
    await().until(() -> set.get(0).images.getImage(get(name)).getState() == Image.State.COMPLETE);
    return name;
  }

  private Iterator<ImageChunk> download(String name) {
    return set.get(0).images.downloadImage(DownloadImageRequest.newBuilder().setName(name).build());
  }

  private static GetImageRequest get(String name) {
    return GetImageRequest.newBuilder().setName(name).build();
  }
}
