package dev.coatcheck.gateway.http;

/**
 * Where a client finds images.
 *
 * @param prefix what a proxy has taken from the front of each path; empty, or {@code /a/b}
 */
record Paths(String prefix) {

  private static final String VERSION = "/v1/";
  private static final String IMAGES = "images/";

  /** The path of the image {@code name}, {@code images/{key}}. */
  String of(String name) {
    return prefix + VERSION + name;
  }

  /** The name of the image with the key {@code key}. */
  static String nameOf(String key) {
    return IMAGES + key;
  }
}
