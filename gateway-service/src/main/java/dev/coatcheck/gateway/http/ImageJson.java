package dev.coatcheck.gateway.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Timestamp;
import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.v1.Image;
import java.time.Instant;

/** An image as JSON: what is not known yet is left out, byte counts are numbers. */
final class ImageJson {

  private ImageJson() {}

  /** All of it, with links as {@code paths} has them. */
  static ObjectNode of(Image image, Paths paths) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", image.getName());
    json.put("state", image.getState().name());
    json.put("claimed", image.getClaimed());
    putText(json, "contentType", image.getContentType());
    if (image.hasSizeBytes()) {
      json.put("sizeBytes", image.getSizeBytes());
    }
    json.put("availableBytes", image.getAvailableBytes());
    json.put("deliveredBytes", image.getDeliveredBytes());
    putText(json, "sha256", image.getSha256());
    if (image.hasCreateTime()) {
      json.put("createTime", time(image.getCreateTime()));
    }
    if (image.hasExpireTime()) {
      json.put("expireTime", time(image.getExpireTime()));
    }
    if (image.hasError()) {
      json.putObject("error")
          .put("reason", image.getError().getReason().name())
          .put("message", UntrustedText.message(image.getError().getMessage()));
    }
    String self = paths.of(image.getName());
    json.putObject("links")
        .put("self", self)
        .put("content", self + "/content")
        .put("events", self + "/events");
    return json;
  }

  /** The part of it that changes while the image is made and picked up. */
  static ObjectNode progressOf(Image image) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("availableBytes", image.getAvailableBytes());
    json.put("deliveredBytes", image.getDeliveredBytes());
    if (image.hasSizeBytes()) {
      json.put("sizeBytes", image.getSizeBytes());
    }
    json.put("state", image.getState().name());
    return json;
  }

  private static void putText(ObjectNode json, String name, String value) {
    if (!value.isEmpty()) {
      json.put(name, value);
    }
  }

  private static String time(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).toString();
  }
}
