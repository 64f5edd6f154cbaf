/**
 * AWS Lambda on a laptop: the Invoke APIs that the SDKs call and the functions' URLs for browsers
 * on one side, the Runtime API towards function processes on the other. Start at {@link
 * dev.coatcheck.lambda.local.LocalLambda}, which assembles it; {@code api.InvokeApi} and {@code
 * url.FunctionUrl} accept a call, {@code invocation.Functions} runs it.
 */
@NullMarked
package dev.coatcheck.lambda.local;

import org.jspecify.annotations.NullMarked;
