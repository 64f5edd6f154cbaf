package dev.coatcheck.gateway.http;

/** What one method of one resource does. */
@FunctionalInterface
interface Resource {

  /**
   * Answers a request, now or later; never blocks.
   *
   * @param name the image's name, {@code images/{key}}; empty where the path has none
   */
  void handle(Exchange exchange, String name) throws RequestRefused;
}
