package dev.coatcheck.generator.rpc;

import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.generator.image.Image;
import dev.coatcheck.generator.image.ImageId;
import dev.coatcheck.generator.image.ImageStatus;
import dev.coatcheck.generator.image.ImageStore;
import dev.coatcheck.generator.image.ServiceException;
import dev.coatcheck.generator.image.Tombstone;
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
import java.util.concurrent.CompletableFuture;
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
  private final ImageStore store;

  public IngestGrpcService(UploadTokens tokens, Uploads uploads, ImageStore store) {
    this.tokens = tokens;
    this.uploads = uploads;
    this.store = store;
  }

  @Override
  public StreamObserver<WritePartsRequest> writeParts(StreamObserver<WritePartsResponse> answer) {
    UploadPartStream stream =
        new UploadPartStream(this::find, (ServerCallStreamObserver<WritePartsResponse>) answer);
    stream.open();
    return stream;
  }

  @Override
  public void completeUpload(
      CompleteUploadRequest request, StreamObserver<CompleteUploadResponse> answer) {
    ImageGrpcService.answer(
        answer,
        () -> {
          UploadToken token = tokens.openAny(request.getToken());
          if (isComplete(token, request)) {
            return CompletableFuture.completedFuture(CompleteUploadResponse.getDefaultInstance());
          }
          Upload upload = find(tokens.requireOwn(token));
          if (!request.getWriter().isEmpty()) {
            requireRun(request.getWriter());
          }
          if (!SHA256.matcher(request.getSha256()).matches()) {
            throw CreateOptions.invalid(
                "sha256", UntrustedText.quote(request.getSha256()), "64 lower-case hex digits");
          }
          return upload
              .complete(request.getWriter(), request.getSizeBytes(), request.getSha256())
              .thenApply(_ -> CompleteUploadResponse.getDefaultInstance());
        });
  }

  private Upload find(String token) {
    return find(tokens.open(token));
  }

  private Upload find(UploadToken token) {
    return uploads.find(new ImageId(token.imageId()), token.attempt());
  }

  /** True when it was completed just so before, here or at the generator that it came from. */
  private boolean isComplete(UploadToken token, CompleteUploadRequest request) {
    return switch (store.find(new ImageId(token.imageId()))) {
      case ImageStore.Lookup.Held(Image image) -> {
        ImageStatus status = image.status();
        yield status.sizeBytes() == request.getSizeBytes()
            && status.sha256().equals(request.getSha256());
      }
      case ImageStore.Lookup.Ended(Tombstone tombstone) when tombstone.isMoved() ->
          throw new ServiceException(tombstone.refusal());
      case ImageStore.Lookup.Ended _, ImageStore.Lookup.Unknown _ -> false;
    };
  }

  static void requireRun(String run) {
    if (!RUN.matcher(run).matches()) {
      throw CreateOptions.invalid(
          "writer", UntrustedText.quote(run), "1 to 64 of A-Z, a-z, 0-9, _ and -");
    }
  }
}
