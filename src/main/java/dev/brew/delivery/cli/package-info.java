/** What a person types: one class for each command, no logic of its own. {@code Main} is the only one that exits. */
package dev.brew.delivery.cli;
