/**
 * A PNG encoder whose bands are compressed in parallel. Start at {@link
 * dev.coatcheck.lambda.map.png.PngStream}.
 */
@NullMarked
package dev.coatcheck.lambda.map.png;

import org.jspecify.annotations.NullMarked;
