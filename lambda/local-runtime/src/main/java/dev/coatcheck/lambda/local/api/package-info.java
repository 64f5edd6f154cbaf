/**
 * The Lambda API that the AWS SDKs call, and the endpoints that only the local Lambda has. Start at
 * {@link dev.coatcheck.lambda.local.api.InvokeApi}.
 */
@NullMarked
package dev.coatcheck.lambda.local.api;

import org.jspecify.annotations.NullMarked;
