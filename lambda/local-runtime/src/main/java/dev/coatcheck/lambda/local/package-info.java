/**
 * AWS Lambda on a laptop: the Invoke APIs as the SDKs speak them and the functions' URLs for
 * browsers on one side, the Runtime API towards function processes on the other. Start at {@link
 * dev.coatcheck.lambda.local.LocalLambda}; {@code InvokeApi} and {@code FunctionUrl} follow one
 * call, {@code Functions} runs it.
 */
@NullMarked
package dev.coatcheck.lambda.local;

import org.jspecify.annotations.NullMarked;
