package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.relay.RelaySink;
import dev.coatcheck.gateway.relay.RelaySource;
import dev.coatcheck.gateway.relay.RelayedChunk;
import dev.coatcheck.gateway.routing.GeneratorFailure;
import dev.coatcheck.v1.DownloadImageRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks whether one of some claims is the present claimant's, for who wants no bytes: by a download
 * that is required to have one of them, and to have none of them. It is refused in any case, so
 * nothing is begun.
 *
 * <p><b>Threading:</b> the relay's event loop.
 */
final class ClaimProbe implements RelaySink {

  private final Exchange exchange;
  private final Consumer<Optional<String>> onAnswer;

  // state, the event loop
  private @Nullable RelaySource source;

  /**
   * A probe for {@code exchange}, which it answers where there is nothing to be said of claims.
   *
   * @param onAnswer is given the one that is the present claimant's, if one is
   */
  ClaimProbe(Exchange exchange, Consumer<Optional<String>> onAnswer) {
    this.exchange = exchange;
    this.onAnswer = onAnswer;
  }

  /** What to ask the generator; there is at least one of {@code claims}. */
  static DownloadImageRequest request(String name, List<String> claims) {
    DownloadImageRequest.Builder request = DownloadImageRequest.newBuilder().setName(name);
    ClaimHeaders.required(claims).putInto(request);
    return request.addAllNoneMatchClaims(claims).build();
  }

  @Override
  public void start(RelaySource started) {
    source = started;
    exchange.whileWaiting(cause -> {
      exchange.fail(cause);
      started.broken(0);
    });
  }

  /** From a generator that knows no {@code none_match_claims}: one of them is the claimant's. */
  @Override
  public void head(RelayedChunk chunk) {
    String claim = chunk.fields().getClaim();
    chunk.release();
    if (source != null) {
      source.broken(0);
    }
    onAnswer.accept(Optional.of(claim));
  }

  @Override
  public void data(RelayedChunk chunk) {
    chunk.release();
  }

  @Override
  public void last(RelayedChunk chunk) {
    chunk.release();
  }

  @Override
  public void fail(GeneratorFailure failure) {
    switch (failure.reason()) {
      case ETAG_MATCH -> onAnswer.accept(Optional.of(failure.metadata().getOrDefault("claim", "")));
      case ETAG_MISMATCH -> onAnswer.accept(Optional.empty());
      default -> exchange.sendFailure(failure);
    }
  }

  @Override
  public void abort(GeneratorFailure failure) {
    exchange.sendFailure(failure);
  }
}
