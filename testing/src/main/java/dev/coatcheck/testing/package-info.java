/** Clients and servers that misbehave as they are told, for the tests of several modules. */
@NullMarked
package dev.coatcheck.testing;

import org.jspecify.annotations.NullMarked;
