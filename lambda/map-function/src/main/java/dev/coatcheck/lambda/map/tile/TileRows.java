package dev.coatcheck.lambda.map.tile;

import java.awt.Color;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The tiles that are looked at while an image is painted from top to bottom, fetched {@value
 * #AT_ONCE} at once, each once. A row of tiles is kept until every row of the image that looks at
 * it has been painted, so that memory holds the few rows around the bands at work, and one that is
 * fetched ahead.
 *
 * <p>A cache of so many tiles would either fetch some twice, or be as large as the widest image
 * wants; the image's rows say exactly when a tile is wanted no more.
 *
 * <p><b>Threading:</b> any thread.
 *
 * <p><b>Lifecycle:</b> {@link #close} breaks off what is under way.
 */
public final class TileRows implements AutoCloseable {

  static final int AT_ONCE = 8;

  private final TileClient client;
  private final TileGrid grid;
  private final Color background;
  private final ExecutorService fetchers =
      Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().name("tile-", 1).factory());

  // state
  private final Map<TileId, Future<Tile>> tiles = new ConcurrentHashMap<>();
  private final AtomicIntegerArray unpainted;

  /** For an image of that height. */
  public TileRows(TileClient client, TileGrid grid, int height, Color background) {
    this.client = client;
    this.grid = grid;
    this.background = background;
    unpainted = new AtomicIntegerArray(1 << grid.zoom());
    count(0, height, 1);
  }

  /** Begins to fetch these tiles of a row, if that has not been done; both ends are included. */
  public void request(int tileRow, int firstColumn, int lastColumn) {
    if (tileRow < unpainted.length() && unpainted.get(tileRow) > 0) {
      for (int column = firstColumn; column <= lastColumn; column++) {
        tile(grid.tile(column, tileRow));
      }
    }
  }

  /** Waits for a tile. */
  public Tile await(TileId id) throws TileFailed, InterruptedException {
    try {
      return tile(id).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TileFailed failed) {
        throw failed;
      }
      throw new TileFailed(id, String.valueOf(e.getCause()));
    }
  }

  /** Lets tiles go that only these rows of the image looked at. */
  public void painted(int top, int rows) {
    count(top, rows, -1);
    tiles.keySet().removeIf(tile -> unpainted.get(tile.y()) == 0);
  }

  /** How many are held, or on their way. */
  public int held() {
    return tiles.size();
  }

  @Override
  public void close() {
    fetchers.shutdownNow();
  }

  private Future<Tile> tile(TileId id) {
    return tiles.computeIfAbsent(
        id, wanted -> fetchers.submit(() -> client.fetch(wanted, background)));
  }

  private void count(int top, int rows, int each) {
    for (int row = top; row < top + rows; row++) {
      if (grid.isInWorld(row)) {
        for (int tiles = grid.firstTileRow(row); tiles <= grid.lastTileRow(row); tiles++) {
          unpainted.addAndGet(tiles, each);
        }
      }
    }
  }
}
