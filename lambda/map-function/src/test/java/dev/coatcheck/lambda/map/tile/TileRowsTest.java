package dev.coatcheck.lambda.map.tile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.lambda.map.geography.Viewport;
import dev.coatcheck.lambda.map.paint.TilePainter;
import dev.coatcheck.lambda.map.spec.MapSpec;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TileRowsTest {

  private static final MapSpec SPEC =
      new MapSpec(0, 0, 5.5, 1000, 3000, MapSpec.Format.PNG, MapSpec.Style.PLAIN);

  @Test
  void rowIsHeldUntilTheLastOfTheImagesRowsThatLooksAtIt() throws Exception {
    try (TileServer server = new TileServer(0);
        TileRows rows = rows(server)) {
      TileGrid grid = new TileGrid(Viewport.of(SPEC), SPEC.zoom());
      int first = grid.firstTileRow(0);
      int last = 0;
      while (grid.firstTileRow(last + 1) == first) {
        last++;
      }
      TileId tile = grid.tile(7, first);
      Tile fetched = rows.await(tile);

      rows.painted(0, last);
      assertThat(rows.await(tile)).isSameAs(fetched);
      rows.painted(last, 1);
      assertThat(rows.held()).isZero();
      // And a request for what nobody looks at any more fetches nothing.
      rows.request(first, 0, 20);
      assertThat(rows.held()).isZero();
    }
  }

  @Test
  void fewRowsAreHeldHoweverManyTheImageHas() throws Exception {
    try (TileServer server = new TileServer(0);
        TilePainter painter =
            new TilePainter(SPEC, new TileClient(server.url(), Duration.ofSeconds(10)))) {
      int tilesWide = 1000 / 181 + 2;
      int most = 0;
      for (int top = 0; top < 3000; top += 100) {
        painter.paint(new BufferedImage(1000, 100, BufferedImage.TYPE_INT_RGB), top);
        most = Math.max(most, painter.tilesHeld());
      }
      assertThat(server.asked()).hasSizeGreaterThan(17 * 6);
      assertThat(server.asked().values()).allMatch(times -> times == 1);
      // Those that the next band looks at as well, and the row after them.
      assertThat(most).isLessThanOrEqualTo(3 * tilesWide);
      assertThat(painter.tilesHeld()).isZero();
    }
  }

  private static TileRows rows(TileServer server) {
    return new TileRows(
        new TileClient(server.url(), Duration.ofSeconds(10)),
        new TileGrid(Viewport.of(SPEC), SPEC.zoom()),
        SPEC.height(),
        Color.WHITE);
  }
}
