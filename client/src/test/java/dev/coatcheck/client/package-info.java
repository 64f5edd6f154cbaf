/** Tests against a server on a real transport, which breaks as it is told. */
@NullMarked
package dev.coatcheck.client;

import org.jspecify.annotations.NullMarked;
