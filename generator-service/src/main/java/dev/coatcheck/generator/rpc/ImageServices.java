package dev.coatcheck.generator.rpc;

import dev.coatcheck.generator.image.ClaimRequest;
import dev.coatcheck.generator.image.ClaimService;
import dev.coatcheck.generator.image.Image;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.GenerateImageRequest;
import dev.coatcheck.v1.ImageChunk;
import dev.coatcheck.v1.ImageServiceGrpc;
import dev.coatcheck.v1.Settlement;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;

/**
 * {@code coatcheck.v1.ImageService}: the stubs' own handlers for what is small, and {@link
 * DownloadCall}, with a marshaller of ours, for the two methods that answer with an image.
 */
public final class ImageServices {

  private final ImageNames names;
  private final ImageCreator creator;
  private final ClaimService desk;

  public ImageServices(ImageNames names, ImageCreator creator, ClaimService desk) {
    this.names = names;
    this.creator = creator;
    this.desk = desk;
  }

  /** The service, ready to be added to a server. */
  public ServerServiceDefinition bind(ImageGrpcService small) {
    MethodDescriptor<DownloadImageRequest, ChunkMarshaller.Outgoing> download =
        withOurMarshaller(ImageServiceGrpc.getDownloadImageMethod());
    MethodDescriptor<GenerateImageRequest, ChunkMarshaller.Outgoing> generate =
        withOurMarshaller(ImageServiceGrpc.getGenerateImageMethod());
    ServerServiceDefinition stubs = small.bindService();
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(stubs.getServiceDescriptor().getName())
            .setSchemaDescriptor(stubs.getServiceDescriptor().getSchemaDescriptor())
            .addMethod(download)
            .addMethod(generate);
    for (ServerMethodDefinition<?, ?> method : stubs.getMethods()) {
      if (!isOurs(method)) {
        descriptor.addMethod(method.getMethodDescriptor());
      }
    }
    ServerServiceDefinition.Builder service =
        ServerServiceDefinition.builder(descriptor.build())
            .addMethod(download, DownloadCall.handler(this::download))
            .addMethod(generate, DownloadCall.handler(this::generate));
    for (ServerMethodDefinition<?, ?> method : stubs.getMethods()) {
      if (!isOurs(method)) {
        service.addMethod(method);
      }
    }
    return service.build();
  }

  private static boolean isOurs(ServerMethodDefinition<?, ?> method) {
    String name = method.getMethodDescriptor().getFullMethodName();
    return name.equals(ImageServiceGrpc.getDownloadImageMethod().getFullMethodName())
        || name.equals(ImageServiceGrpc.getGenerateImageMethod().getFullMethodName());
  }

  private static <ReqT extends com.google.protobuf.Message>
      MethodDescriptor<ReqT, ChunkMarshaller.Outgoing> withOurMarshaller(
          MethodDescriptor<ReqT, ImageChunk> method) {
    return method.toBuilder(method.getRequestMarshaller(), new ChunkMarshaller()).build();
  }

  private DownloadCall.Beginning download(DownloadImageRequest request) {
    Settlement settlement = checked(request.getSettlement(), request.getSettlementValue());
    Image image = names.held(request.getName());
    return new DownloadCall.Beginning(
        request.getName(), settlement, desk.claim(image, DownloadRequests.claim(request)));
  }

  private DownloadCall.Beginning generate(GenerateImageRequest request) {
    Settlement settlement = checked(request.getSettlement(), request.getSettlementValue());
    if (request.getCreate().hasWait()) {
      throw CreateOptions.invalid("create.wait", "set", "none: the download waits by itself");
    }
    ImageCreator.Created created = creator.create(request.getCreate());
    return new DownloadCall.Beginning(
        created.name(), settlement, desk.claim(created.image(), ClaimRequest.BY_KEY));
  }

  private static Settlement checked(Settlement settlement, int number) {
    if (settlement == Settlement.UNRECOGNIZED) {
      throw CreateOptions.invalid("settlement", Integer.toString(number), "AUTOMATIC or MANUAL");
    }
    return settlement;
  }
}
