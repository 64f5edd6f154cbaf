/**
 * What hostile clients do, one class for each idea behind {@link
 * dev.coatcheck.cli.hostile.attack.Attack}. Their connections come from an {@link
 * dev.coatcheck.cli.hostile.attack.Attacker}, which ends them when the time is over.
 */
@NullMarked
package dev.coatcheck.cli.hostile.attack;

import org.jspecify.annotations.NullMarked;
