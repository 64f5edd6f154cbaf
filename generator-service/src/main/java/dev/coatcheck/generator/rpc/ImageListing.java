package dev.coatcheck.generator.rpc;

import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.generator.image.Clocks;
import dev.coatcheck.generator.image.Image;
import dev.coatcheck.generator.image.ImageStatus;
import dev.coatcheck.generator.image.ImageStore;
import dev.coatcheck.v1.ListImagesRequest;
import dev.coatcheck.v1.ListImagesResponse;
import dev.coatcheck.v1.ListedImage;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The images of this generator as operators see them, page by page in the order of their ids, so
 * that what comes or goes meanwhile moves no other from one page to the next.
 */
public final class ImageListing {

  private static final int DEFAULT_PAGE = 100;
  private static final int MAX_PAGE = 1000;
  private static final Pattern TOKEN = Pattern.compile("[0-9a-f]{64}");

  private final ImageStore store;
  private final String address;
  private final Clocks time;

  /** Lists what {@code store} holds, for the generator at {@code address}. */
  public ImageListing(ImageStore store, String address, Clocks time) {
    this.store = store;
    this.address = address;
    this.time = time;
  }

  /** One page. */
  public ListImagesResponse list(ListImagesRequest request) {
    String after = request.getPageToken();
    if (!after.isEmpty() && !TOKEN.matcher(after).matches()) {
      throw CreateOptions.invalid(
          "page_token", UntrustedText.quote(after), "that of the page before");
    }
    if (request.getPageSize() < 0) {
      throw CreateOptions.invalid("page_size", Integer.toString(request.getPageSize()), ">= 0");
    }
    int size =
        request.getPageSize() == 0 ? DEFAULT_PAGE : Math.min(request.getPageSize(), MAX_PAGE);
    List<Image> page =
        store.held().stream()
            .filter(image -> image.id().hex().compareTo(after) > 0)
            .sorted(Comparator.comparing(image -> image.id().hex()))
            .limit(size + 1L)
            .toList();
    ListImagesResponse.Builder answer = ListImagesResponse.newBuilder();
    page.stream().limit(size).map(this::listed).forEach(answer::addImages);
    if (page.size() > size) {
      answer.setNextPageToken(page.get(size - 1).id().hex());
    }
    return answer.build();
  }

  private ListedImage listed(Image image) {
    ImageStatus status = image.status();
    ListedImage.Builder listed =
        ListedImage.newBuilder()
            .setId(image.id().toString())
            .setGenerator(address)
            .setState(ImageMessages.state(status.state()))
            .setClaimed(status.claimed())
            .setMoving(image.isMoving())
            .setAvailableBytes(status.availableBytes())
            .setAge(ProtoTimes.duration(Duration.between(status.createTime(), time.date())));
    if (status.sizeBytes() >= 0) {
      listed.setSizeBytes(status.sizeBytes());
    }
    return listed.build();
  }
}
