/**
 * The command line: one class for each command reads options and environment variables, starts the work of the rooms below,
 * and prints events and results as lines. {@code Main} chooses the command and exits with its code.
 */
package dev.brew.delivery.cli;
