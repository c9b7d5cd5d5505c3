/**
 * Reads and writes the files of a run. {@link dev.brew.delivery.results.RunDirectory} is the entry point;
 * {@code docs/results-format.md} describes the formats.
 */
package dev.brew.delivery.results;
