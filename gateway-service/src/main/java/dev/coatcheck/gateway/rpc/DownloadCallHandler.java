package dev.coatcheck.gateway.rpc;

import dev.coatcheck.gateway.relay.RelaySink;
import dev.coatcheck.gateway.relay.RelayedChunk;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Takes one request and answers with the chunks of an image. */
final class DownloadCallHandler<Q> implements ServerCallHandler<Q, RelayedChunk> {

  private final BiConsumer<Q, RelaySink> begin;

  DownloadCallHandler(BiConsumer<Q, RelaySink> begin) {
    this.begin = begin;
  }

  @Override
  public ServerCall.Listener<Q> startCall(ServerCall<Q, RelayedChunk> call, Metadata headers) {
    call.request(1);
    return new Listener(new GrpcStreamSink(call));
  }

  private final class Listener extends ServerCall.Listener<Q> {

    private final GrpcStreamSink sink;

    // state, the call's thread
    private @Nullable Q request;

    Listener(GrpcStreamSink sink) {
      this.sink = sink;
    }

    @Override
    public void onMessage(Q message) {
      request = message;
    }

    @Override
    public void onHalfClose() {
      if (request != null) {
        begin.accept(request, sink);
      }
    }

    @Override
    public void onReady() {
      sink.onReady();
    }

    @Override
    public void onCancel() {
      sink.onCancel();
    }
  }
}
