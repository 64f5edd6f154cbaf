/** How fast a reader reads. */
@NullMarked
package dev.coatcheck.kit.pace;

import org.jspecify.annotations.NullMarked;
