package dev.coatcheck.generator.rpc;

import dev.coatcheck.bytestream.ByteStreamGrpc;
import dev.coatcheck.bytestream.ReadRequest;
import dev.coatcheck.generator.image.ClaimService;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.Settlement;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;

/**
 * {@code google.bytestream.ByteStream}: {@code Read} is {@code DownloadImage} with the key alone,
 * in the words of an API that others have clients for. Nothing can be written.
 */
public final class ByteStreamService {

  private final ImageNames names;
  private final ClaimService desk;

  public ByteStreamService(ImageNames names, ClaimService desk) {
    this.names = names;
    this.desk = desk;
  }

  /** The service, ready to be added to a server. */
  public ServerServiceDefinition bind() {
    MethodDescriptor<ReadRequest, ChunkMarshaller.Outgoing> read =
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
            .addMethod(read, DownloadCall.handler(this::read));
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

  private DownloadCall.Beginning read(ReadRequest request) {
    String name = request.getResourceName();
    DownloadImageRequest download =
        DownloadImageRequest.newBuilder()
            .setName(name)
            .setReadOffset(request.getReadOffset())
            .setReadLimit(request.getReadLimit())
            .build();
    return new DownloadCall.Beginning(
        name, Settlement.AUTOMATIC, desk.claim(names.held(name), DownloadRequests.claim(download)));
  }
}
