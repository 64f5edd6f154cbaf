package dev.coatcheck.lambda.map.tile;

import java.awt.Color;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Fetches the tiles of an outside map. One that fails, in whatever way, is tried once more.
 *
 * <p><b>Threading:</b> any thread; each call blocks its own.
 */
public final class TileClient {

  /** The timeout of one attempt outside tests. */
  public static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final int MAX_TILE_BYTES = 4 << 20;
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final String USER_AGENT = "coatcheck-map-function";

  private final TileUrl url;
  private final Duration timeout;
  private final HttpClient http;

  /**
   * A client of that map.
   *
   * @param timeout of each try, from the connection to the tile's last byte
   */
  public TileClient(TileUrl url, Duration timeout) {
    this.url = url;
    this.timeout = timeout;
    http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
  }

  /**
   * Fetches one tile.
   *
   * @param background what shows through where the tile is transparent
   * @throws TileFailed if it cannot be had at the second try either
   */
  Tile fetch(TileId tile, Color background) throws TileFailed, InterruptedException {
    try {
      return tryFetch(tile, background);
    } catch (TileFailed e) {
      Thread.sleep(PAUSE);
      return tryFetch(tile, background);
    }
  }

  private Tile tryFetch(TileId tile, Color background) throws TileFailed, InterruptedException {
    HttpResponse<byte[]> answer = get(tile);
    if (answer.statusCode() != 200) {
      throw new TileFailed(tile, "status " + answer.statusCode());
    }
    try {
      return Tile.decode(answer.body(), background);
    } catch (IOException e) {
      throw new TileFailed(tile, String.valueOf(e.getMessage()));
    }
  }

  /** The client's own time-out ends with the head of an answer, so this one is kept by hand. */
  private HttpResponse<byte[]> get(TileId tile) throws TileFailed, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url.of(tile)).header("User-Agent", USER_AGENT).build();
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_TILE_BYTES));
    try {
      return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new TileFailed(tile, "timed out after " + timeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      throw new TileFailed(tile, String.valueOf(e.getCause()));
    } finally {
      answer.cancel(true);
    }
  }
}
