/**
 * The functions' URLs, which browsers call. Start at {@link
 * dev.coatcheck.lambda.local.url.FunctionUrl}.
 */
@NullMarked
package dev.coatcheck.lambda.local.url;

import org.jspecify.annotations.NullMarked;
