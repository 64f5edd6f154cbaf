package dev.coatcheck.lambda.map.paint;

import dev.coatcheck.lambda.map.geography.Viewport;
import dev.coatcheck.lambda.map.png.PngBand;
import dev.coatcheck.lambda.map.spec.MapSpec;
import dev.coatcheck.lambda.map.tile.Tile;
import dev.coatcheck.lambda.map.tile.TileClient;
import dev.coatcheck.lambda.map.tile.TileFailed;
import dev.coatcheck.lambda.map.tile.TileGrid;
import dev.coatcheck.lambda.map.tile.TileRows;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * Stitches an outside map's tiles together instead of drawing: each band is laid out in map pixels
 * first, and the image's pixels are taken, or mixed, from those. What is beyond the north and south
 * edge of the world is blank.
 *
 * <p>Stretching whole tiles by {@code Graphics2D} was rejected: their edges, which then fall
 * between pixels, show as a grid of fine lines.
 */
public final class TilePainter implements BandPainter {

  private final TileGrid grid;
  private final TileRows tiles;
  private final Color blank;
  private final int[] columns;
  private final int[] columnParts;

  public TilePainter(MapSpec spec, TileClient client) {
    blank =
        switch (spec.style()) {
          case PAPER -> Palette.PAPER.void_();
          case PLAIN -> Palette.PLAIN.void_();
        };
    grid = new TileGrid(Viewport.of(spec), spec.zoom());
    tiles = new TileRows(client, grid, spec.height(), blank);
    columns = new int[spec.width()];
    columnParts = new int[spec.width()];
    for (int x = 0; x < columns.length; x++) {
      double column = grid.mapColumn(x);
      columns[x] = (int) Math.floor(column);
      columnParts[x] = part(column);
    }
  }

  @Override
  public PngBand.Effort effort() {
    return PngBand.Effort.FLAT;
  }

  @Override
  public void paint(BufferedImage band, int top) throws TileFailed, InterruptedException {
    int[] pixels = PngBand.pixels(band);
    Arrays.fill(pixels, blank.getRGB() & 0xffffff);
    int first = top;
    int end = top + band.getHeight();
    while (first < end && !grid.isInWorld(first)) {
      first++;
    }
    while (first < end && !grid.isInWorld(end - 1)) {
      end--;
    }
    if (first < end) {
      Ground ground = ground(first, end - 1);
      for (int y = first; y < end; y++) {
        mixRow(ground, y, pixels, (y - top) * columns.length);
      }
    }
    tiles.painted(top, band.getHeight());
  }

  @Override
  public void close() {
    tiles.close();
  }

  /** How many tiles are held, or on their way. */
  public int tilesHeld() {
    return tiles.held();
  }

  /** All map pixels that these rows of the image look at. */
  private Ground ground(int firstRow, int lastRow) throws TileFailed, InterruptedException {
    int left = columns[0];
    int right = columns[columns.length - 1] + 1;
    int top = (int) grid.mapRow(firstRow);
    int bottom = (int) Math.ceil(grid.mapRow(lastRow));
    Ground ground = new Ground(left, top, right - left + 1, bottom - top + 1);
    int lastColumn = (int) Math.ceil(grid.mapColumn(columns.length - 1));
    int firstTile = Math.floorDiv(left, Tile.SIZE);
    int lastTile = Math.floorDiv(lastColumn, Tile.SIZE);
    for (int row = top / Tile.SIZE; row <= bottom / Tile.SIZE + 1; row++) {
      tiles.request(row, firstTile, lastTile);
    }
    for (int row = top / Tile.SIZE; row <= bottom / Tile.SIZE; row++) {
      for (int column = firstTile; column <= lastTile; column++) {
        ground.lay(tiles.await(grid.tile(column, row)), column, row);
      }
    }
    return ground;
  }

  private void mixRow(Ground ground, int y, int[] pixels, int at) {
    double row = grid.mapRow(y);
    int above = (int) row;
    int below = (int) Math.ceil(row);
    int rowPart = part(row);
    for (int x = 0; x < columns.length; x++) {
      int column = columns[x];
      int columnPart = columnParts[x];
      pixels[at + x] =
          mix(
              mix(ground.at(column, above), ground.at(column + 1, above), columnPart),
              mix(ground.at(column, below), ground.at(column + 1, below), columnPart),
              rowPart);
    }
  }

  /** How far it is to the next whole number, in 256ths. */
  private static int part(double position) {
    return (int) ((position - Math.floor(position)) * 256);
  }

  /** The colour that is {@code part} 256ths of the way from one to the other. */
  private static int mix(int one, int other, int part) {
    int redAndBlue = (one & 0xff00ff) * (256 - part) + (other & 0xff00ff) * part;
    int green = (one & 0xff00) * (256 - part) + (other & 0xff00) * part;
    return (redAndBlue >>> 8 & 0xff00ff) | (green >>> 8 & 0xff00);
  }

  /** A rectangle of map pixels. */
  private static final class Ground {

    private final int left;
    private final int top;
    private final int width;
    private final int[] pixels;

    Ground(int left, int top, int width, int height) {
      this.left = left;
      this.top = top;
      this.width = width;
      this.pixels = new int[width * height];
    }

    int at(int column, int row) {
      return pixels[(row - top) * width + column - left];
    }

    /** Puts the part of a tile where it belongs that is in here. */
    void lay(Tile tile, int tileColumn, int tileRow) {
      int x = tileColumn * Tile.SIZE;
      int y = tileRow * Tile.SIZE;
      int from = Math.max(x, left);
      int count = Math.min(x + Tile.SIZE, left + width) - from;
      int end = Math.min(y + Tile.SIZE, top + pixels.length / width);
      for (int row = Math.max(y, top); row < end; row++) {
        tile.copyRow(row - y, from - x, count, pixels, (row - top) * width + from - left);
      }
    }
  }
}
