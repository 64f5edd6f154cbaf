package dev.coatcheck.kit.grpc;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;

/**
 * Parses the one message of a call. What is no such message is refused with {@code
 * INVALID_ARGUMENT} and a reason, as any other request that is wrong; gRPC alone would end the call
 * with {@code UNKNOWN}, which callers take for a fault of ours.
 *
 * <p><b>Threading:</b> the call's.
 */
public final class RequestMarshaller<Q extends Message> implements PrototypeMarshaller<Q> {

  private final PrototypeMarshaller<Q> generated;
  private final Q prototype;

  private RequestMarshaller(PrototypeMarshaller<Q> generated, Q prototype) {
    this.generated = generated;
    this.prototype = prototype;
  }

  /** The same service, whose calls of one message are parsed by this. */
  public static ServerServiceDefinition parsing(ServerServiceDefinition service) {
    var methods = service.getMethods().stream().map(RequestMarshaller::parsing).toList();
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(service.getServiceDescriptor().getName())
            .setSchemaDescriptor(service.getServiceDescriptor().getSchemaDescriptor());
    methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
    ServerServiceDefinition.Builder parsing = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(parsing::addMethod);
    return parsing.build();
  }

  private static <Q, R> ServerMethodDefinition<Q, R> parsing(ServerMethodDefinition<Q, R> method) {
    MethodDescriptor<Q, R> descriptor = method.getMethodDescriptor();
    if (!descriptor.getType().clientSendsOneMessage()
        || !(descriptor.getRequestMarshaller() instanceof PrototypeMarshaller<Q> generated)
        || !(generated.getMessagePrototype() instanceof Message prototype)) {
      return method;
    }
    @SuppressWarnings({"unchecked", "rawtypes"}) // Q is a Message, as its prototype is
    MethodDescriptor.Marshaller<Q> requests = new RequestMarshaller(generated, prototype);
    return ServerMethodDefinition.create(
        descriptor.toBuilder(requests, descriptor.getResponseMarshaller()).build(),
        method.getServerCallHandler());
  }

  @Override
  public Q parse(InputStream stream) {
    try {
      return generated.parse(stream);
    } catch (StatusRuntimeException e) {
      RequestIntake intake = CallLimits.INTAKE.get();
      if (intake == null || !intake.tryRefuse(RequestRefusals.malformed(prototype, e.getCause()))) {
        throw e;
      }
      return prototype; // which no handler sees
    }
  }

  @Override
  public InputStream stream(Q value) {
    return generated.stream(value);
  }

  @Override
  public Q getMessagePrototype() {
    return prototype;
  }

  @Override
  public Class<Q> getMessageClass() {
    return generated.getMessageClass();
  }
}
