/** What both services do with JSON text that comes from outside. */
@NullMarked
package dev.coatcheck.kit.json;

import org.jspecify.annotations.NullMarked;
