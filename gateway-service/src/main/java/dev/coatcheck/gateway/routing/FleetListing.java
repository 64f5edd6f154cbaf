package dev.coatcheck.gateway.routing;

import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.v1.ListImagesRequest;
import dev.coatcheck.v1.ListImagesResponse;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The images of the whole fleet, page by page: one generator after the other, in the order of their
 * addresses. One that does not answer is told of, and left out.
 */
public final class FleetListing {

  /** Parts the generator's address from its own token. */
  private static final char SEPARATOR = '|';

  private final GeneratorDirectory directory;

  public FleetListing(GeneratorDirectory directory) {
    this.directory = directory;
  }

  /** One page; its failure is a {@link GeneratorFailure}. */
  public CompletableFuture<ListImagesResponse> list(ListImagesRequest request) {
    String token = request.getPageToken();
    int separator = token.indexOf(SEPARATOR);
    if (!token.isEmpty() && separator < 0) {
      return CompletableFuture.failedFuture(
          GeneratorFailure.invalid(
              "page_token",
              "page_token: "
                  + UntrustedText.quote(token)
                  + " (expected: that of the page before)"));
    }
    String from = token.isEmpty() ? "" : token.substring(0, separator);
    List<GeneratorClient> left =
        directory.fleet().everybody().stream()
            .filter(client -> client.address().compareTo(from) >= 0)
            .sorted(Comparator.comparing(GeneratorClient::address))
            .toList();
    if (left.isEmpty()) {
      return CompletableFuture.completedFuture(ListImagesResponse.getDefaultInstance());
    }
    GeneratorClient client = left.getFirst();
    boolean goesOn = !token.isEmpty() && client.address().equals(from);
    ListImagesRequest own =
        request.toBuilder().setPageToken(goesOn ? token.substring(separator + 1) : "").build();
    String next = left.size() > 1 ? left.get(1).address() + SEPARATOR : "";
    return client
        .list(own)
        .handle((page, thrown) -> {
          if (thrown == null) {
            return CompletableFuture.completedFuture(
                page.toBuilder()
                    .setNextPageToken(
                        page.getNextPageToken().isEmpty()
                            ? next
                            : client.address() + SEPARATOR + page.getNextPageToken())
                    .build());
          }
          GeneratorFailure failure = FailureStatus.toFailure(thrown);
          return failure.answered()
              ? CompletableFuture.<ListImagesResponse>failedFuture(failure)
              : CompletableFuture.completedFuture(
                  ListImagesResponse.newBuilder()
                      .addUnreachable(client.address())
                      .setNextPageToken(next)
                      .build());
        })
        .thenCompose(answer -> answer);
  }
}
