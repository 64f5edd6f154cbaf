package dev.coatcheck.lambda.map.tile;

import dev.coatcheck.lambda.map.geography.Viewport;

/**
 * How an image lies on the tiles of one zoom: the whole zoom next to the image's own, whose pixels
 * are then stretched by {@code 0.71} to {@code 1.41}. Where the zooms are the same the pixels are
 * too, none is mixed of several.
 *
 * <p>"Map pixels" are the pixels of all tiles together, counted from the world's north-west corner;
 * to the east and west the world repeats, so that their columns may be negative.
 */
public final class TileGrid {

  private final Viewport view;
  private final int zoom;
  private final double stretch;

  public TileGrid(Viewport view, double imageZoom) {
    this.view = view;
    zoom = (int) Math.rint(imageZoom);
    stretch = view.worldSize() / worldSize();
  }

  public int zoom() {
    return zoom;
  }

  /** How many map pixels the world is wide, and high. */
  int worldSize() {
    return Tile.SIZE << zoom;
  }

  /** The image's row is part of the world. */
  public boolean isInWorld(int row) {
    return row + 0.5 >= view.worldTop() && row + 0.5 < view.worldBottom();
  }

  /** The map column, and part of the next one, that is seen in the middle of an image's column. */
  public double mapColumn(int column) {
    return onMap(view.left() + column);
  }

  /** The same for rows; never outside the world. */
  public double mapRow(int row) {
    return Math.clamp(onMap(view.top() + row), 0, worldSize() - 1.0);
  }

  /** The first row of tiles that an image's row looks at. */
  int firstTileRow(int row) {
    return (int) mapRow(row) / Tile.SIZE;
  }

  /** The last row of tiles that an image's row looks at. */
  int lastTileRow(int row) {
    return (int) Math.ceil(mapRow(row)) / Tile.SIZE;
  }

  /** The tile of that column and row of tiles, one of which may be in another copy of the world. */
  public TileId tile(int tileColumn, int tileRow) {
    return new TileId(zoom, Math.floorMod(tileColumn, 1 << zoom), tileRow);
  }

  private double onMap(double worldPixel) {
    return stretch == 1 ? Math.rint(worldPixel) : (worldPixel + 0.5) / stretch - 0.5;
  }
}
