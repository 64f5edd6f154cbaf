/**
 * The tiles of an outside map: which ones an image needs, and how they are fetched. Start at {@link
 * dev.coatcheck.lambda.map.tile.TileRows}.
 */
@NullMarked
package dev.coatcheck.lambda.map.tile;

import org.jspecify.annotations.NullMarked;
