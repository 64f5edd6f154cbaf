package dev.coatcheck.lambda.map.tile;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where an outside map's tiles are: an address with {@code {z}}, {@code {x}} and {@code {y}} in it,
 * such as {@code https://tiles.example/{z}/{x}/{y}.png}.
 */
public record TileUrl(String template) {

  /**
   * Checks that tiles' addresses can be made of it.
   *
   * @throws IllegalArgumentException with what was expected
   */
  public TileUrl {
    boolean placed =
        template.contains("{z}") && template.contains("{x}") && template.contains("{y}");
    if (!placed || !isHttp(address(template, new TileId(0, 0, 0)))) {
      throw new IllegalArgumentException(
          template + " (expected: http:// or https://, a host, and {z}, {x} and {y})");
    }
  }

  public URI of(TileId tile) {
    return URI.create(address(template, tile));
  }

  private static String address(String template, TileId tile) {
    return template
        .replace("{z}", Integer.toString(tile.zoom()))
        .replace("{x}", Integer.toString(tile.x()))
        .replace("{y}", Integer.toString(tile.y()));
  }

  private static boolean isHttp(String address) {
    try {
      URI uri = new URI(address);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      return http && uri.getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
