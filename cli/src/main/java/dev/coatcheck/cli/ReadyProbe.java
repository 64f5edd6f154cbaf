package dev.coatcheck.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Asks a gateway how many generators it sees. */
final class ReadyProbe implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int MAX_ANSWER_BYTES = 64 << 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1) // an upgrade would buy nothing here
          .connectTimeout(PATIENCE)
          .build();

  /** True when the gateway at {@code url} sees that many generators, all of them active. */
  boolean sees(String url, int generators) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/readyz")).timeout(PATIENCE).build();
    try {
      var answer =
          http.send(request, BodyHandlers.limiting(BodyHandlers.ofString(), MAX_ANSWER_BYTES));
      if (answer.statusCode() != 200) {
        return false;
      }
      JsonNode seen = JSON.readTree(answer.body()).path("generators");
      return seen.path("known").asInt() == generators && seen.path("active").asInt() == generators;
    } catch (IOException e) {
      return false; // not yet
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
