/**
 * What a run leaves: {@link dev.brew.delivery.results.RunDirectory} and the files in it. Their formats are described
 * in {@code docs/results-format.md}.
 */
package dev.brew.delivery.results;
