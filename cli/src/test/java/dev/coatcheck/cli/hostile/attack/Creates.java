package dev.coatcheck.cli.hostile.attack;

import com.google.protobuf.Duration;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.coatcheck.v1.CreateImageRequest;
import java.nio.ByteBuffer;

/** Creates as they go over the wire. */
final class Creates {

  static final String PATH = "/coatcheck.v1.ImageService/CreateImage";

  private static final int PREFIX_BYTES = 5;
  private static final int MAX_BYTES = 64 << 10;

  /** A small image that is forgotten soon. */
  static final String JSON =
      """
      {"spec": {"sizeBytes": 1000, "seed": -1}, "maxBytes": 65536, "ttl": "1s"}\
      """;

  private Creates() {}

  /** The same. */
  static CreateImageRequest.Builder small() {
    return CreateImageRequest.newBuilder()
        .setSpec(spec("sizeBytes", 1000))
        .setMaxBytes(MAX_BYTES)
        .setTtl(Duration.newBuilder().setSeconds(1));
  }

  static Struct.Builder spec(String field, double value) {
    return Struct.newBuilder().putFields(field, Value.newBuilder().setNumberValue(value).build());
  }

  /** A gRPC message: a flag, its length, and itself. */
  static byte[] message(MessageLite message) {
    return message(false, message.toByteArray());
  }

  static byte[] message(boolean compressed, byte[] bytes) {
    return ByteBuffer.allocate(PREFIX_BYTES + bytes.length)
        .put((byte) (compressed ? 1 : 0))
        .putInt(bytes.length)
        .put(bytes)
        .array();
  }

  /** The beginning of a gRPC message that says that it has so many bytes. */
  static byte[] beginning(int announced, int present) {
    return ByteBuffer.allocate(PREFIX_BYTES + present).put((byte) 0).putInt(announced).array();
  }

  /** A request over HTTP/1.1 with a JSON body. */
  static String post(String host, String moreFields, String json) {
    return """
    POST /v1/images HTTP/1.1\r
    Host: %s\r
    Content-Type: application/json\r
    Content-Length: %d\r
    %s\r
    %s\
    """
        .formatted(host, json.length(), moreFields, json);
  }
}
