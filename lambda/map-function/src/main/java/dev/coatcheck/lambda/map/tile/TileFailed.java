package dev.coatcheck.lambda.map.tile;

/** A tile could not be had, and so neither can the map: which one, and what happened. */
public final class TileFailed extends Exception {

  public static final String ERROR_TYPE = "TileFailed";

  private static final long serialVersionUID = 1L;

  TileFailed(TileId tile, String what) {
    super("tile " + tile + ": " + what);
  }

  public String message() {
    return String.valueOf(getMessage());
  }
}
