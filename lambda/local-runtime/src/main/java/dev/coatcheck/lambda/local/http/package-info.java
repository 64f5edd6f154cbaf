/**
 * HTTP as the local Lambda serves it, on Jetty. Start at {@link
 * dev.coatcheck.lambda.local.http.Exchange}.
 */
@NullMarked
package dev.coatcheck.lambda.local.http;

import org.jspecify.annotations.NullMarked;
