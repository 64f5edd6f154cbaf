package dev.coatcheck.gateway.rpc;

import dev.coatcheck.gateway.progress.ProgressFeed;
import dev.coatcheck.gateway.relay.DownloadService;
import dev.coatcheck.gateway.relay.RelaySink;
import dev.coatcheck.gateway.routing.FailureStatus;
import dev.coatcheck.gateway.routing.GeneratorFailure;
import dev.coatcheck.gateway.routing.ImageCalls;
import dev.coatcheck.v1.DeleteImageResponse;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.GenerateImageRequest;
import dev.coatcheck.v1.ImageServiceGrpc;
import dev.coatcheck.v1.Settlement;
import dev.coatcheck.v1.WatchImageRequest;
import dev.coatcheck.v1.WatchImageResponse;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/**
 * {@code ImageService} for every image of the fleet: each call goes to the generator that holds its
 * image. Chunks pass through as they are, which is why the service is put together by hand: the
 * generated base class would parse them.
 */
final class ImageGrpcService {

  private final ImageCalls calls;
  private final DownloadService relays;
  private final ProgressFeed feed;

  ImageGrpcService(ImageCalls calls, DownloadService relays, ProgressFeed feed) {
    this.calls = calls;
    this.relays = relays;
    this.feed = feed;
  }

  ServerServiceDefinition definition() {
    var download = relays.passingThrough(ImageServiceGrpc.getDownloadImageMethod());
    var generate = relays.passingThrough(ImageServiceGrpc.getGenerateImageMethod());
    ServiceDescriptor generated = ImageServiceGrpc.getServiceDescriptor();
    ServiceDescriptor service =
        ServiceDescriptor.newBuilder(generated.getName())
            .setSchemaDescriptor(generated.getSchemaDescriptor())
            .addMethod(ImageServiceGrpc.getCreateImageMethod())
            .addMethod(ImageServiceGrpc.getGetImageMethod())
            .addMethod(ImageServiceGrpc.getDeleteImageMethod())
            .addMethod(ImageServiceGrpc.getWatchImageMethod())
            .addMethod(download)
            .addMethod(generate)
            .build();
    return ServerServiceDefinition.builder(service)
        .addMethod(
            ImageServiceGrpc.getCreateImageMethod(),
            ServerCalls.asyncUnaryCall((request, out) -> answer(calls.create(request), out)))
        .addMethod(
            ImageServiceGrpc.getGetImageMethod(),
            ServerCalls.asyncUnaryCall((request, out) -> answer(calls.get(request), out)))
        .addMethod(
            ImageServiceGrpc.getDeleteImageMethod(),
            ServerCalls.asyncUnaryCall((request, out) ->
                answer(
                    calls
                        .delete(request)
                        .thenApply(deleted -> DeleteImageResponse.getDefaultInstance()),
                    out)))
        .addMethod(
            ImageServiceGrpc.getWatchImageMethod(),
            ServerCalls.asyncServerStreamingCall(this::watch))
        .addMethod(download, new DownloadCallHandler<>(this::download))
        .addMethod(generate, new DownloadCallHandler<>(this::generate))
        .build();
  }

  private void watch(WatchImageRequest request, StreamObserver<WatchImageResponse> out) {
    feed.watch(
        request.getName(), new WatchStream((ServerCallStreamObserver<WatchImageResponse>) out));
  }

  private void download(DownloadImageRequest request, RelaySink sink) {
    if (request.getSettlement() == Settlement.MANUAL) {
      sink.fail(refusedSettlement());
    } else {
      relays.download(request, sink);
    }
  }

  private void generate(GenerateImageRequest request, RelaySink sink) {
    if (request.getSettlement() == Settlement.MANUAL) {
      sink.fail(refusedSettlement());
    } else {
      relays.generate(request, sink);
    }
  }

  private static GeneratorFailure refusedSettlement() {
    return GeneratorFailure.invalid(
        "settlement", "settlement: MANUAL is for gateways (expected: AUTOMATIC)");
  }

  /** Cancels the call to the generator when the client cancels its own. */
  private static <R> void answer(CompletableFuture<R> call, StreamObserver<R> out) {
    ((ServerCallStreamObserver<R>) out).setOnCancelHandler(() -> call.cancel(false));
    call.whenComplete((value, thrown) -> {
      if (call.isCancelled()) {
        return; // nobody listens
      }
      if (thrown != null) {
        out.onError(FailureStatus.toStatus(FailureStatus.toFailure(thrown)));
      } else {
        out.onNext(value);
        out.onCompleted();
      }
    });
  }
}
