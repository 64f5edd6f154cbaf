package dev.coatcheck.cli.hostile.attack;

import dev.coatcheck.cli.hostile.wire.Hpack;

/** A port of the fleet, and what a client can ask for there. */
public enum Door {
  GATEWAY_HTTP("HTTP", "/healthz", "/v1/images"),
  GATEWAY_GRPC("gRPC", "/grpc.health.v1.Health/Check", "/coatcheck.v1.ImageService/CreateImage"),
  GATEWAY_MANAGEMENT(
      "gateway's management",
      "/grpc.health.v1.Health/Check",
      "/coatcheck.v1.AdminService/ListImages"),
  GENERATOR_GRPC(
      "generator", "/grpc.health.v1.Health/Check", "/coatcheck.v1.ImageService/CreateImage"),
  GENERATOR_MANAGEMENT(
      "generator's management",
      "/grpc.health.v1.Health/Check",
      "/coatcheck.v1.AdminService/ListImages");

  private final String label;
  private final String cheapPath;
  private final String bodyPath;

  Door(String label, String cheapPath, String bodyPath) {
    this.label = label;
    this.cheapPath = cheapPath;
    this.bodyPath = bodyPath;
  }

  /** A path that costs little to ask for. */
  public String cheapPath() {
    return cheapPath;
  }

  boolean isGrpc() {
    return this != GATEWAY_HTTP;
  }

  /** The fields of a request that costs little: over HTTP it has no body, over gRPC one message. */
  Hpack cheapRequest() {
    return isGrpc()
        ? call(cheapPath)
        : new Hpack()
            .field(":method", "GET")
            .field(":scheme", "http")
            .field(":path", cheapPath)
            .field(":authority", "localhost");
  }

  /** The fields of a request that the server reads a body of. */
  Hpack requestWithBody() {
    return isGrpc()
        ? call(bodyPath)
        : new Hpack()
            .field(":method", "POST")
            .field(":scheme", "http")
            .field(":path", bodyPath)
            .field(":authority", "localhost")
            .field("content-type", "application/json");
  }

  /** {@link #requestWithBody}, whose fields go into the server's table. */
  Hpack firstRequestWithBody() {
    Hpack block =
        new Hpack()
            .indexedField(":method", "POST")
            .indexedField(":scheme", "http")
            .indexedField(":path", bodyPath)
            .indexedField(":authority", "localhost");
    return isGrpc()
        ? block.indexedField("te", "trailers").indexedField("content-type", "application/grpc")
        : block.indexedField("content-type", "application/json");
  }

  /** The same once more, in a byte a field. */
  Hpack nextRequestWithBody() {
    Hpack block = new Hpack();
    for (int age = isGrpc() ? 5 : 4; age >= 0; age--) {
      block.entry(age);
    }
    return block;
  }

  /** The fields of a gRPC call. */
  static Hpack call(String path) {
    return new Hpack()
        .field(":method", "POST")
        .field(":scheme", "http")
        .field(":path", path)
        .field(":authority", "localhost")
        .field("te", "trailers")
        .field("content-type", "application/grpc");
  }

  @Override
  public String toString() {
    return label;
  }
}
