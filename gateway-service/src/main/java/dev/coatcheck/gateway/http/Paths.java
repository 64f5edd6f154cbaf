package dev.coatcheck.gateway.http;

/** Where images are, and how they are called. */
final class Paths {

  private static final String PREFIX = "/v1/";
  private static final String IMAGES = "images/";

  private Paths() {}

  /** The path of the image {@code name}, {@code images/{key}}. */
  static String of(String name) {
    return PREFIX + name;
  }

  /** The name of the image with the key {@code key}. */
  static String nameOf(String key) {
    return IMAGES + key;
  }
}
