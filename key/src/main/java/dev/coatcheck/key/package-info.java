/**
 * The key that names an image and carries its route, sealed with the fleet's keyset. Start at
 * {@link dev.coatcheck.key.ImageKey}; {@link dev.coatcheck.key.KeySealer} turns it into text and
 * back.
 */
@NullMarked
package dev.coatcheck.key;

import org.jspecify.annotations.NullMarked;
