package dev.coatcheck.gateway.routing;

import com.google.protobuf.ByteString;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.LocateImageRequest;
import dev.coatcheck.v1.LocateImageResponse;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks all generators where an image is, when the one that its key names does not have it. All are
 * asked at once, each has a second, and the first that holds it is the answer.
 *
 * <p>That an image is lost is said only when nothing else can be: every generator that the names
 * stand for answered that it knows nothing of it, the names were resolved since the image's home
 * was another run of its process, and the home is one. A generator that does not answer may hold
 * the image, whatever else is known; then it is "try again".
 *
 * <p><b>Threading:</b> any thread; answers come on the channels' event loops.
 */
final class Locator {

  private static final Logger log = LoggerFactory.getLogger(Locator.class);

  private final GeneratorDirectory directory;

  Locator(GeneratorDirectory directory) {
    this.directory = directory;
  }

  /** The generator to call; or fails with the {@link GeneratorFailure} to tell. */
  CompletableFuture<GeneratorClient> locate(ImageLocation sealed) {
    Fleet fleet = directory.fleet();
    long startNanos = System.nanoTime();
    GeneratorClient home = directory.clientFor(sealed.address());
    List<GeneratorClient> asked = new ArrayList<>(fleet.everybody());
    if (!asked.contains(home)) {
      asked.add(home);
    }
    var request =
        LocateImageRequest.newBuilder()
            .setImageId(ByteString.copyFrom(HexFormat.of().parseHex(sealed.imageId())))
            .build();
    var search = new Search(sealed, home, fleet, startNanos, asked);
    for (int i = 0; i < asked.size(); i++) {
      int place = i;
      asked
          .get(i)
          .locate(request)
          .whenComplete((answer, thrown) -> search.answered(place, thrown == null ? answer : null));
    }
    return search.found;
  }

  /** One question to all. */
  private final class Search {

    private final ImageLocation sealed;
    private final GeneratorClient home;
    private final Fleet fleet;
    private final long startNanos;
    private final List<GeneratorClient> asked;
    private final CompletableFuture<GeneratorClient> found = new CompletableFuture<>();

    // state, under this
    private final @Nullable LocateImageResponse[] answers;
    private int open;

    Search(
        ImageLocation sealed,
        GeneratorClient home,
        Fleet fleet,
        long startNanos,
        List<GeneratorClient> asked) {
      this.sealed = sealed;
      this.home = home;
      this.fleet = fleet;
      this.startNanos = startNanos;
      this.asked = asked;
      this.answers = new @Nullable LocateImageResponse[asked.size()];
      this.open = asked.size();
    }

    void answered(int place, @Nullable LocateImageResponse answer) {
      boolean all;
      synchronized (this) {
        answers[place] = answer;
        open--;
        all = open == 0;
      }
      if (answer != null && answer.getState() == LocateImageResponse.State.HELD) {
        found.complete(asked.get(place));
      } else if (all) {
        conclude();
      }
    }

    private synchronized @Nullable LocateImageResponse answer(int place) {
      return answers[place];
    }

    /** Nobody holds it. */
    private void conclude() {
      Optional<GeneratorClient> knowing =
          peerOfMoved().or(() -> first(LocateImageResponse.State.ENDED));
      if (knowing.isPresent()) {
        found.complete(knowing.get());
      } else {
        found.completeExceptionally(nowhere());
      }
    }

    private Optional<GeneratorClient> first(LocateImageResponse.State state) {
      for (int i = 0; i < asked.size(); i++) {
        LocateImageResponse answer = answer(i);
        if (answer != null && answer.getState() == state) {
          return Optional.of(asked.get(i));
        }
      }
      return Optional.empty();
    }

    private Optional<GeneratorClient> peerOfMoved() {
      for (int i = 0; i < asked.size(); i++) {
        LocateImageResponse answer = answer(i);
        if (answer != null && answer.getState() == LocateImageResponse.State.MOVED) {
          return Optional.of(directory.clientFor(answer.getPeer()));
        }
      }
      return Optional.empty();
    }

    private GeneratorFailure nowhere() {
      LocateImageResponse ofHome = answer(asked.indexOf(home));
      if (ofHome != null
          && ofHome.getIncarnation() == sealed.incarnation()
          && ofHome.getState() == LocateImageResponse.State.NOT_HERE) {
        return GeneratorFailure.of(sealed.unknown(), "there is nothing of that name any more");
      }
      for (int i = 0; i < asked.size(); i++) {
        LocateImageResponse answer = answer(i);
        if (answer == null || answer.getState() != LocateImageResponse.State.NOT_HERE) {
          return GeneratorFailure.unavailable(
              "the generator that holds it, or may hold it, does not answer");
        }
      }
      if (!directory.resolvedSince(fleet.runsSince(home, startNanos))) {
        directory.lookAgain();
        return GeneratorFailure.unavailable("its generator has been started anew");
      }
      log.info("image {}: lost with its generator", sealed.imageId().substring(0, 8));
      return sealed.unknown() == ErrorReason.IMAGE_NOT_FOUND
          ? GeneratorFailure.of(
              ErrorReason.IMAGE_LOST, "the generator that held this image has ended")
          : GeneratorFailure.of(sealed.unknown(), "the generator that made it has ended");
    }
  }
}
