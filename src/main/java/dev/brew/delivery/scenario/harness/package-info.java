/** What the rows of the decision matrix share: processes that are killed, files that survive them, shared brokers. */
package dev.brew.delivery.scenario.harness;
