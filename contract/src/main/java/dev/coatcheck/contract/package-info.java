/** The rules of the API that no {@code .proto} file can state, for services and clients alike. */
@NullMarked
package dev.coatcheck.contract;

import org.jspecify.annotations.NullMarked;
