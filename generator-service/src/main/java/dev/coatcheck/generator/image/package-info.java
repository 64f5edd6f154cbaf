/**
 * Images and their lives: written by one run of a function, read while they grow, handed out once.
 * Start at {@link dev.coatcheck.generator.image.Image}, then {@link
 * dev.coatcheck.generator.image.Pickup}, which is the rule of the house.
 */
@NullMarked
package dev.coatcheck.generator.image;

import org.jspecify.annotations.NullMarked;
