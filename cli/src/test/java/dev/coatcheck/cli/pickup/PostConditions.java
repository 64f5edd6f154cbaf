package dev.coatcheck.cli.pickup;

import dev.coatcheck.cli.ImageClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/**
 * What is left of an image when its claimants have gone, for a stranger who has the key as well.
 */
final class PostConditions {

  private static final Duration FOR_THE_WORD = Duration.ofSeconds(40);
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final ImageClient client;
  private final String gateway;

  PostConditions(ImageClient client, String gateway) {
    this.client = client;
    this.gateway = gateway;
  }

  /** Waits for the word that it was delivered, tries to pick it up once more, and deletes it. */
  Ledger.Ending of(String location, Collection<Copy> copies)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + FOR_THE_WORD.toNanos();
    while (isOpen(location) && System.nanoTime() < deadline) {
      Thread.sleep(PAUSE);
    }
    HttpResponse<byte[]> stranger = client.content(gateway, location);
    int wholeCopies = stranger.statusCode() == 200 ? 1 : 0;
    boolean wrong = false;
    for (Copy copy : copies) {
      wholeCopies += copy.isWhole() ? 1 : 0;
      wrong |= copy.isWrong();
    }
    Optional<String> goneAs =
        stranger.statusCode() == 410
            ? Optional.of(ImageClient.json(stranger.body()).path("reason").asText())
            : Optional.empty();
    var _ = client.delete(gateway, location);
    return new Ledger.Ending(wholeCopies, wrong, goneAs);
  }

  private boolean isOpen(String location) throws IOException, InterruptedException {
    String state = client.get(gateway + location).path("state").asText();
    return state.equals("GENERATING") || state.equals("COMPLETE");
  }
}
