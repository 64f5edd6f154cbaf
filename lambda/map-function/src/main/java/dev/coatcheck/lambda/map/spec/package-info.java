/** The specification of a map. Start at {@link dev.coatcheck.lambda.map.spec.MapSpec}. */
@NullMarked
package dev.coatcheck.lambda.map.spec;

import org.jspecify.annotations.NullMarked;
