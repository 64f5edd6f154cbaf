/** What is done for each of many, now and then. */
@NullMarked
package dev.coatcheck.kit.sweep;

import org.jspecify.annotations.NullMarked;
