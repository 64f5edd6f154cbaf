/**
 * Coasts, borders and the projection onto an image. Start at {@link
 * dev.coatcheck.lambda.map.geography.Geography}.
 */
@NullMarked
package dev.coatcheck.lambda.map.geography;

import org.jspecify.annotations.NullMarked;
