package dev.coatcheck.lambda.local.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.coatcheck.lambda.kit.InvalidEventException;
import dev.coatcheck.lambda.kit.Upload;
import dev.coatcheck.lambda.kit.UploadAddress;
import dev.coatcheck.lambda.kit.UploadFailure;
import dev.coatcheck.lambda.kit.UploadTarget;
import dev.coatcheck.lambda.local.invocation.Faults;
import dev.coatcheck.lambda.local.invocation.FunctionFailed;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.UUID;

/**
 * An upload with the faults that the event orders: a wrong checksum on the first part, a wrong size
 * at the end.
 *
 * <p><b>Threading:</b> any thread; each call blocks its own.
 */
final class FaultyUpload implements UploadTarget {

  private static final Duration INITIAL_BACKOFF = Duration.ofMillis(100);

  private final Upload upload;
  private final Faults faults;

  private FaultyUpload(Upload upload, Faults faults) {
    this.upload = upload;
    this.faults = faults;
  }

  /**
   * An upload to the address in the event's {@code upload}, under a writer name of its own.
   *
   * @throws FunctionFailed of type {@code InvalidEvent}
   */
  static FaultyUpload to(JsonNode address, HttpClient http, Faults faults) throws FunctionFailed {
    try {
      String writer = UUID.randomUUID().toString();
      return new FaultyUpload(
          new Upload(http, UploadAddress.parse(address), writer, INITIAL_BACKOFF), faults);
    } catch (InvalidEventException e) {
      throw FunctionFailed.of(e.errorType(), e.message());
    }
  }

  @Override
  public int partBytes() {
    return upload.partBytes();
  }

  @Override
  public void sendPart(long offset, byte[] bytes, int length)
      throws UploadFailure, InterruptedException {
    int crc = Upload.crc32c(bytes, length);
    upload.sendPart(offset, bytes, length, faults.wrongCrc() && offset == 0 ? crc ^ 1 : crc);
  }

  @Override
  public void complete(long sizeBytes, String sha256) throws UploadFailure, InterruptedException {
    upload.complete(faults.declareBytes() < 0 ? sizeBytes : faults.declareBytes(), sha256);
  }
}
