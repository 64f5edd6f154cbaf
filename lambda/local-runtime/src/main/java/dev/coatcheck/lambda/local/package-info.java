/**
 * AWS Lambda on a laptop: the Invoke APIs as the SDKs speak them on one side, the Runtime API
 * towards function processes on the other. Start at {@link dev.coatcheck.lambda.local.LocalLambda};
 * {@code InvokeApi} follows one call.
 */
@NullMarked
package dev.coatcheck.lambda.local;

import org.jspecify.annotations.NullMarked;
