/**
 * The skeleton of a run: the machine's lock, the run directory, status.json, the interrupt, the report, the exit code; and
 * the exception for bad usage.
 */
package dev.brew.delivery.run;
