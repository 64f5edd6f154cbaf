package dev.coatcheck.gateway.http;

/** Where resources are. */
final class Paths {

  private static final String PREFIX = "/v1/";

  private Paths() {}

  /** The path of the image {@code name}, {@code images/{key}}. */
  static String of(String name) {
    return PREFIX + name;
  }
}
