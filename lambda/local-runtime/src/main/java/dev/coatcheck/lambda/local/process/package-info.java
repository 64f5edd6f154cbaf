/**
 * Functions that run as processes, and the Runtime API that they call. Start at {@link
 * dev.coatcheck.lambda.local.process.ProcessFunction}.
 */
@NullMarked
package dev.coatcheck.lambda.local.process;

import org.jspecify.annotations.NullMarked;
