/**
 * The ports of the fleet, tried by h2spec, a program that knows HTTP/2's rules: {@link
 * dev.coatcheck.cli.hostile.conformance.H2SpecIT}.
 */
@NullMarked
package dev.coatcheck.cli.hostile.conformance;

import org.jspecify.annotations.NullMarked;
