/**
 * What the tests of several modules share: clients and servers that misbehave as they are told, and
 * what fuzz tests make of their bytes.
 */
@NullMarked
package dev.coatcheck.testing;

import org.jspecify.annotations.NullMarked;
