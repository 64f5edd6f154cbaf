package dev.coatcheck.gateway.http;

/** What one method of one resource does. */
@FunctionalInterface
interface Resource {

  /**
   * Answers a request, now or later; never blocks.
   *
   * @param variable what the path has in the place of its variable: the image's key, the upload
   *     token; empty where it has none
   */
  void handle(Exchange exchange, String variable) throws ProblemException;
}
