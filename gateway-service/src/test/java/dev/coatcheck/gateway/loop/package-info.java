/** Tests of the threads that bytes pass through. */
@NullMarked
package dev.coatcheck.gateway.loop;

import org.jspecify.annotations.NullMarked;
