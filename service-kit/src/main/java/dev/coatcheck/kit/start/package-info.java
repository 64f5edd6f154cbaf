/**
 * What processes say when they cannot start. Start at {@link dev.coatcheck.kit.start.StartFailure}.
 */
@NullMarked
package dev.coatcheck.kit.start;

import org.jspecify.annotations.NullMarked;
