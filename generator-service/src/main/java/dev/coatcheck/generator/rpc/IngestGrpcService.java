package dev.coatcheck.generator.rpc;

import dev.coatcheck.generator.image.ImageId;
import dev.coatcheck.generator.ingest.Upload;
import dev.coatcheck.generator.ingest.Uploads;
import dev.coatcheck.key.UploadToken;
import dev.coatcheck.v1.CompleteUploadRequest;
import dev.coatcheck.v1.CompleteUploadResponse;
import dev.coatcheck.v1.IngestServiceGrpc;
import dev.coatcheck.v1.WritePartsRequest;
import dev.coatcheck.v1.WritePartsResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.regex.Pattern;

/**
 * {@code IngestService}: takes the parts that functions push.
 *
 * <p><b>Threading:</b> the transport's event loop; nothing blocks. A stream's next message is asked
 * for when the last one is in memory.
 */
public final class IngestGrpcService extends IngestServiceGrpc.IngestServiceImplBase {

  private static final Pattern RUN = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private final UploadTokens tokens;
  private final Uploads uploads;

  public IngestGrpcService(UploadTokens tokens, Uploads uploads) {
    this.tokens = tokens;
    this.uploads = uploads;
  }

  @Override
  public StreamObserver<WritePartsRequest> writeParts(StreamObserver<WritePartsResponse> answer) {
    PartStream stream =
        new PartStream(this::find, (ServerCallStreamObserver<WritePartsResponse>) answer);
    stream.open();
    return stream;
  }

  @Override
  public void completeUpload(
      CompleteUploadRequest request, StreamObserver<CompleteUploadResponse> answer) {
    ImageGrpcService.answer(
        answer,
        () -> {
          Upload upload = find(request.getToken());
          if (!request.getWriter().isEmpty()) {
            requireRun(request.getWriter());
          }
          if (!SHA256.matcher(request.getSha256()).matches()) {
            throw CreateTerms.invalid("sha256", request.getSha256(), "64 lower-case hex digits");
          }
          return upload
              .complete(request.getWriter(), request.getSizeBytes(), request.getSha256())
              .thenApply(_ -> CompleteUploadResponse.getDefaultInstance());
        });
  }

  private Upload find(String token) {
    UploadToken opened = tokens.open(token);
    return uploads.find(new ImageId(opened.imageId()), opened.attempt());
  }

  static void requireRun(String run) {
    if (!RUN.matcher(run).matches()) {
      throw CreateTerms.invalid("writer", "'" + run + "'", "1 to 64 of A-Z, a-z, 0-9, _ and -");
    }
  }
}
