/**
 * The transfers from AWS Lambda: the only importers of its SDKs. Start at {@link
 * dev.coatcheck.generator.lambda.TransferChoice}.
 */
@NullMarked
package dev.coatcheck.generator.lambda;

import org.jspecify.annotations.NullMarked;
