package dev.coatcheck.gateway.rpc;

import dev.coatcheck.bytestream.ByteStreamGrpc;
import dev.coatcheck.bytestream.ReadRequest;
import dev.coatcheck.gateway.relay.DownloadService;
import dev.coatcheck.gateway.relay.ReadMarshaller;
import dev.coatcheck.gateway.relay.RelaySink;
import dev.coatcheck.gateway.relay.RelayedChunk;
import dev.coatcheck.v1.DownloadImageRequest;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;

/**
 * {@code google.bytestream.ByteStream} for every image of the fleet: {@code Read} is {@code
 * DownloadImage} with the key alone, in the words of an API that others have clients for. Nothing
 * can be written.
 */
final class ByteStreamService {

  private final DownloadService relays;

  ByteStreamService(DownloadService relays) {
    this.relays = relays;
  }

  ServerServiceDefinition definition() {
    MethodDescriptor<ReadRequest, RelayedChunk> read =
        ByteStreamGrpc.getReadMethod().toBuilder(
                ByteStreamGrpc.getReadMethod().getRequestMarshaller(), new ReadMarshaller())
            .build();
    ServerServiceDefinition stubs = new ByteStreamGrpc.ByteStreamImplBase() {}.bindService();
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(stubs.getServiceDescriptor().getName())
            .setSchemaDescriptor(stubs.getServiceDescriptor().getSchemaDescriptor())
            .addMethod(read);
    for (ServerMethodDefinition<?, ?> method : stubs.getMethods()) {
      if (!isRead(method)) {
        descriptor.addMethod(method.getMethodDescriptor());
      }
    }
    ServerServiceDefinition.Builder service =
        ServerServiceDefinition.builder(descriptor.build())
            .addMethod(read, new DownloadCallHandler<>(this::read));
    for (ServerMethodDefinition<?, ?> method : stubs.getMethods()) {
      if (!isRead(method)) {
        service.addMethod(method); // which answers UNIMPLEMENTED
      }
    }
    return service.build();
  }

  private static boolean isRead(ServerMethodDefinition<?, ?> method) {
    return method
        .getMethodDescriptor()
        .getFullMethodName()
        .equals(ByteStreamGrpc.getReadMethod().getFullMethodName());
  }

  private void read(ReadRequest request, RelaySink sink) {
    relays.download(
        DownloadImageRequest.newBuilder()
            .setName(request.getResourceName())
            .setReadOffset(request.getReadOffset())
            .setReadLimit(request.getReadLimit())
            .build(),
        sink);
  }
}
