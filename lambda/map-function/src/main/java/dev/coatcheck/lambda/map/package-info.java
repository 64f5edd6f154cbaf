/**
 * The Lambda function that draws a map and streams it while it is drawn. Start at {@link
 * dev.coatcheck.lambda.map.MapFunction}; {@code paint.MapImage} turns a spec into bytes.
 */
@NullMarked
package dev.coatcheck.lambda.map;

import org.jspecify.annotations.NullMarked;
