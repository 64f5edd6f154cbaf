/**
 * The built-in function that makes test content of any size, pace and fault. Start at {@link
 * dev.coatcheck.lambda.local.bytes.BytesFunction}.
 */
@NullMarked
package dev.coatcheck.lambda.local.bytes;

import org.jspecify.annotations.NullMarked;
