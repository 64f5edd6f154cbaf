package dev.coatcheck.kit.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import dev.coatcheck.contract.MessageLimits;
import dev.coatcheck.contract.StatusDetails;
import dev.coatcheck.v1.ErrorReason;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a message that is never handed on. Of one that is too large or too deep the field
 * is named that has no limits of its own, a {@link Struct}, if there is one.
 */
final class RequestRefusals {

  /** A request, and the one that it may have in it. */
  private static final int REQUEST_LEVELS = 2;

  private RequestRefusals() {}

  /** Of the call's message more has come than is taken. */
  static StatusRuntimeException tooLarge(MethodDescriptor<?, ?> method) {
    return invalid(
        method.getRequestMarshaller() instanceof PrototypeMarshaller<?> requests
                && requests.getMessagePrototype() instanceof Message prototype
            ? openField(prototype.getDescriptorForType())
            : null,
        "the message is too large (expected: at most "
            + MessageLimits.MAX_INBOUND_BYTES
            + " bytes)");
  }

  /** The bytes are no message of the type of {@code prototype}. */
  static StatusRuntimeException malformed(Message prototype, @Nullable Throwable cause) {
    String name = prototype.getDescriptorForType().getFullName();
    // protobuf has no type for it
    boolean tooDeep =
        cause != null && String.valueOf(cause.getMessage()).contains("levels of nesting");
    return tooDeep
        ? invalid(
            openField(prototype.getDescriptorForType()),
            "nested too deep (expected: at most " + MessageLimits.MAX_SPEC_LEVELS + " levels)")
        : invalid(null, "the message is no " + name);
  }

  private static @Nullable String openField(Descriptor request) {
    return openField(request, REQUEST_LEVELS);
  }

  private static @Nullable String openField(Descriptor request, int levels) {
    for (FieldDescriptor field : request.getFields()) {
      if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
        continue;
      }
      if (field.getMessageType().getFullName().equals(Struct.getDescriptor().getFullName())) {
        return field.getName();
      }
      String inner = levels > 1 ? openField(field.getMessageType(), levels - 1) : null;
      if (inner != null) {
        return inner;
      }
    }
    return null;
  }

  private static StatusRuntimeException invalid(@Nullable String field, String message) {
    return StatusDetails.of(
        Status.Code.INVALID_ARGUMENT,
        ErrorReason.INVALID_REQUEST,
        field == null ? message : field + ": " + message,
        field == null ? Map.of() : Map.of("field", field),
        Optional.empty());
  }
}
