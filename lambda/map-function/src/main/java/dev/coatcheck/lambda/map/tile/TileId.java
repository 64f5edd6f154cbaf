package dev.coatcheck.lambda.map.tile;

/**
 * One of the {@code 4^zoom} squares that the world is cut into.
 *
 * @param x counted from the antimeridian to the east
 * @param y counted from the world's north edge to the south
 */
record TileId(int zoom, int x, int y) {

  /** As people write it: {@code 6/54/24}. */
  @Override
  public String toString() {
    return zoom + "/" + x + "/" + y;
  }
}
