/**
 * An invocation of a function, independent of its caller and of what runs it. Start at {@link
 * dev.coatcheck.lambda.local.invocation.Functions}, which runs an {@link
 * dev.coatcheck.lambda.local.invocation.Invocation} on a {@link
 * dev.coatcheck.lambda.local.invocation.LambdaFunction} and sends its response to an {@link
 * dev.coatcheck.lambda.local.invocation.AnswerSink}.
 */
@NullMarked
package dev.coatcheck.lambda.local.invocation;

import org.jspecify.annotations.NullMarked;
