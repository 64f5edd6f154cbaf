package dev.coatcheck.generator.ingest;

import dev.coatcheck.generator.image.Image;
import dev.coatcheck.generator.image.ImageId;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.image.ServiceException;
import dev.coatcheck.v1.ErrorReason;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The uploads of the images that are held: for each, that of the newest call of its function.
 *
 * <p><b>Threading:</b> any thread.
 *
 * <p><b>Lifecycle:</b> an upload is here until its image is gone.
 */
public final class Uploads {

  // state: any thread
  private final Map<ImageId, Upload> open = new ConcurrentHashMap<>();

  /** Takes the place of the image's upload before. */
  void open(Upload upload) {
    Image image = upload.image();
    open.put(image.id(), upload);
    Runnable forget =
        () -> {
          if (image.isGone()) {
            open.remove(image.id());
          }
        };
    image.addListener(forget);
    forget.run();
  }

  /**
   * The upload of one call of an image's function.
   *
   * @throws ServiceException if there is none, or the function was called again since
   */
  public Upload find(ImageId image, int attempt) {
    Upload upload = open.get(image);
    if (upload == null || upload.attempt() < attempt) {
      throw new ServiceException(notFound());
    }
    if (upload.attempt() > attempt) {
      throw new ServiceException(
          superseded("The function has been called again since: attempt " + upload.attempt()));
    }
    return upload;
  }

  /** How many there are. */
  public int size() {
    return open.size();
  }

  /** What is said of every token that does not serve. */
  public static Refusal notFound() {
    return Refusal.of(
        ErrorReason.UPLOAD_NOT_FOUND,
        "There is no upload of this token: it is unknown, over, or was used to the end.");
  }

  static Refusal superseded(String message) {
    return Refusal.of(ErrorReason.ATTEMPT_SUPERSEDED, message);
  }

  static ServiceException invalid(String field, Object was, String expected) {
    return new ServiceException(Refusal.invalid(field, was.toString(), expected));
  }
}
