/** The gate: pairs of trials of two jars, judged by the rule of {@code compare}. */
package dev.brew.delivery.regress;
