/**
 * Draws a map band by band and writes it as a PNG. Start at {@link
 * dev.coatcheck.lambda.map.paint.MapImage}.
 */
@NullMarked
package dev.coatcheck.lambda.map.paint;

import org.jspecify.annotations.NullMarked;
