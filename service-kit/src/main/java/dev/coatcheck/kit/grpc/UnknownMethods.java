package dev.coatcheck.kit.grpc;

import dev.coatcheck.contract.UntrustedText;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code UNIMPLEMENTED} to methods that a port does not serve, and quotes the beginning of
 * their names. gRPC's own answer repeats all of the name, which then may not fit into the trailers
 * that a client, or a proxy that others share, takes.
 */
final class UnknownMethods extends HandlerRegistry {

  @Override
  public ServerMethodDefinition<?, ?> lookupMethod(String methodName, @Nullable String authority) {
    MethodDescriptor<InputStream, InputStream> method =
        MethodDescriptor.newBuilder(Unread.INSTANCE, Unread.INSTANCE)
            .setType(MethodDescriptor.MethodType.UNKNOWN)
            .setFullMethodName("unknown/Unknown")
            .build();
    return ServerMethodDefinition.create(
        method,
        (call, headers) -> {
          call.close(
              Status.UNIMPLEMENTED.withDescription(
                  "Method not found: " + UntrustedText.quote(methodName)),
              new Metadata());
          return new ServerCall.Listener<InputStream>() {};
        });
  }

  /** No message is asked for, and none is sent. */
  private enum Unread implements MethodDescriptor.Marshaller<InputStream> {
    INSTANCE;

    @Override
    public InputStream stream(InputStream value) {
      return value;
    }

    @Override
    public InputStream parse(InputStream stream) {
      return stream;
    }
  }
}
